// Runs an OpenID Connect provider (certified by the OpenID Foundation) in the shape of LinkedIn: its paths, a secret in
// the body, no PKCE asked for, tokens of sixty days, no refresh token. What it refuses is refused by real validation.
// Usage: node linkedin.mjs FOLDER_WITH_NODE_MODULES
//   PORT, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI
// Prints one line of JSON when it is ready; SIGTERM ends it.
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const require = createRequire(path.join(path.resolve(process.argv[2]), 'package.json'))
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')))

const { PORT, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI } = process.env
const DAY = 86400

const provider = new Provider(`http://localhost:${PORT}`, {
  routes: {
    authorization: '/oauth/v2/authorization',
    token: '/oauth/v2/accessToken',
    revocation: '/oauth/v2/revoke',
    userinfo: '/v2/userinfo',
  },
  clients: [
    {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_post',
    },
  ],
  scopes: ['openid', 'profile', 'email', 'w_member_social'],
  claims: { openid: ['sub'], profile: ['name', 'given_name', 'family_name', 'locale'] },
  pkce: { required: () => false },
  features: { devInteractions: { enabled: true }, revocation: { enabled: true } },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({ sub, name: `${sub} Berg`, given_name: sub, family_name: 'Berg', locale: 'nb-NO' }),
  }),
  ttl: { AccessToken: 60 * DAY, AuthorizationCode: 1800, Grant: 60 * DAY, IdToken: 3600, Interaction: 3600, Session: DAY },
  cookies: { keys: ['only for tests'] },
})

const server = provider.listen(Number(PORT), '127.0.0.1', () => console.log(JSON.stringify({ ready: true })))
process.on('SIGTERM', () => {
  server.closeAllConnections()
  server.close(() => process.exit(0))
})
