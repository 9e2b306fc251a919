// Runs a whole Bluesky network on this machine: the DID directory (PLC), a personal data server and the AppView.
// Usage: node bluesky.mjs FOLDER_WITH_NODE_MODULES
//   DB_POSTGRES_URL  an empty PostgreSQL database for the AppView
//   PDS_PORT, APPVIEW_PORT  where to listen on 127.0.0.1
//   HUB_URL, HUB_PORT  the address of an app that signs people in, and where on this machine it is really served
// Prints one line of JSON when it is ready; SIGTERM ends it.
import { createRequire } from 'node:module'
import net from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

// These servers listen on every interface unless told otherwise, and most of them cannot be told.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...args) {
  const [first] = args
  if (first !== null && typeof first === 'object') {
    if (first.port !== undefined && !first.host) args[0] = { ...first, host: '127.0.0.1' }
  } else if (/^\d+$/.test(String(first ?? 0)) && typeof args[1] !== 'string') {
    if (typeof args[1] === 'function' || args.length < 2) args.splice(1, 0, '127.0.0.1')
    else args[1] = '127.0.0.1'
  }
  return listen.apply(this, args)
}

// A server fetches the description of an app at the app's own address; what a test serves stands in for that address.
const fetched = globalThis.fetch
globalThis.fetch = (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input)
  if (url.origin !== process.env.HUB_URL) return fetched(input, init)
  return fetched(`http://127.0.0.1:${process.env.HUB_PORT}${url.pathname}`)
}

const require = createRequire(path.join(path.resolve(process.argv[2]), 'package.json'))
const folder = path.dirname(require.resolve('@atproto/dev-env'))
const { TestPlc, TestBsync, TestBsky, TestPds, mockNetworkUtilities } = await import(
  pathToFileURL(path.join(folder, 'index.js'))
)

const dbUrl = process.env.DB_POSTGRES_URL
const pdsPort = Number(process.env.PDS_PORT)
const appviewPort = Number(process.env.APPVIEW_PORT)
const apiKey = 'bsync-api-key'

const plc = await TestPlc.create({})
const bsync = await TestBsync.create({ apiKeys: [apiKey], dbUrl, dbSchema: 'bsync' })
const appview = await TestBsky.create({
  port: appviewPort,
  publicUrl: `http://localhost:${appviewPort}`,
  plcUrl: plc.url,
  pdsPort,
  repoProvider: `ws://localhost:${pdsPort}`,
  bsyncUrl: bsync.url,
  bsyncApiKey: apiKey,
  dbPostgresUrl: dbUrl,
  dbPostgresSchema: 'appview',
})
bsync.ctx.dataplaneClients = [appview.ctx.dataplane]
const pds = await TestPds.create({
  port: pdsPort,
  hostname: 'localhost',
  didPlcUrl: plc.url,
  bskyAppViewUrl: appview.url,
  bskyAppViewDid: appview.ctx.cfg.serverDid,
  enableDidDocWithSession: true,
})
mockNetworkUtilities(pds, appview)

let stopping = false
async function stop() {
  if (stopping) return
  stopping = true
  await Promise.allSettled([appview.close(), bsync.close(), pds.close(), plc.close()])
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
console.log(JSON.stringify({ ready: true, plc: plc.url, pds: pds.url, appview: appview.url }))
