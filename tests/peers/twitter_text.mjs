// Asks X's own reference implementation: a line holds a JSON list of texts, the answer a list of what it says of each.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const twitterText = createRequire(`${process.argv[2]}/node_modules/`)("twitter-text");

for await (const line of createInterface({ input: process.stdin })) {
  const said = JSON.parse(line).map((text) => ({
    weight: twitterText.parseTweet(text).weightedLength,
    addresses: twitterText.extractUrls(text.normalize("NFC")),
  }));
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
