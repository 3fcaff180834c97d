// The demo's brokers: certified OpenID providers that speak as MitID's and Unilogin's do, of made-up people.
// Started by laereplads/demo/provider/__init__.py, which tells it on one line what there is; it ends with its input.
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import http from 'node:http'
import { createInterface } from 'node:readline'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const world = JSON.parse((await lines.next()).value)
const tell = (said) => process.stdout.write(`${JSON.stringify(said)}\n`)
// The library's notices are for its log; the other output is read by the demo.
console.info = console.warn = console.log = console.error

// Tests take place on a day of their own.
const RealDate = Date
const ahead = world.now * 1000 - RealDate.now()
if (Math.abs(ahead) > 2000) {
  globalThis.Date = class extends RealDate {
    constructor (...given) { given.length ? super(...given) : super(RealDate.now() + ahead) }
    static now () { return RealDate.now() + ahead }
  }
}

const { default: Provider } = await import('oidc-provider')

const LIVES = { AccessToken: 300, AuthorizationCode: 60, Grant: 3600, IdToken: 300, Interaction: 1800, Session: 3600 }
const newKey = () => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
  alg: 'ES256', kid: randomUUID(), use: 'sig'
})
let keys = [newKey()]
// Who has asked to be let in at a low level, by broker and person: of their last login.
const low = new Map()

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
const page = (title, body) => `<!doctype html><html lang="da"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><link rel="icon" href="data:,">
<style>body{font:1.125rem/1.5 sans-serif;margin:2rem auto;max-width:36rem;padding:0 1rem;color:#1a1a1a}
button{display:block;font:inherit;margin:.5rem 0;padding:.5rem 1rem;text-align:left;width:100%;color:inherit;
background:#fff;border:1px solid #454545;border-radius:4px}button span{display:block;font-size:1rem}</style></head>
<body><main><h1>${escaped(title)}</h1>${body}</main></body></html>`

const loginPage = (broker) => page(broker.title, `
<p>Det er en prøve. Personerne er opdigtede. Vælg, hvem du vil være.</p>
<form method="post">
<p><label><input type="checkbox" name="low" value="yes"> Log ind på et lavt sikringsniveau</label></p>
${Object.entries(broker.people).map(([sub, person]) =>
    `<button name="sub" value="${escaped(sub)}">${escaped(person.label)}<span>${escaped(person.note)}</span></button>`).join('')}
<button name="cancel" value="yes">Afbryd</button></form>`)

const logoutPage = (form) => page('Log ud', `<p>Du bliver logget ud.</p>${form.replace('</form>',
  '<input type="hidden" name="logout" value="yes"><button>Log ud</button></form>')}
<script>document.forms[0].submit()</script>`)

function build (broker, issuer) {
  const claimsOf = (sub, use) => {
    const { signed, said } = broker.people[sub]
    const levels = low.get(`${broker.key} ${sub}`) ? broker.low : {}
    return use === 'id_token' ? { ...signed, ...levels } : { ...signed, ...said, ...levels }
  }
  const provider = new Provider(issuer, {
    clients: [broker.client],
    clientDefaults: { id_token_signed_response_alg: 'ES256', require_auth_time: true },
    jwks: { keys },
    cookies: {
      keys: [randomUUID()],
      // Cookies know no ports and no brokers.
      names: { session: `${broker.key}-session`, interaction: `${broker.key}-login`, resume: `${broker.key}-on` }
    },
    claims: { openid: ['sub', ...broker.claims] },
    conformIdTokenClaims: false,
    scopes: ['openid', ...broker.scopes],
    extraParams: ['idp_values'],
    pkce: { required: () => true },
    ttl: LIVES,
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => { ctx.body = logoutPage(form) },
        postLogoutSuccessSource: (ctx) => { ctx.body = page('Du er logget ud', '<p>Du kan lukke siden.</p>') }
      }
    },
    renderError: (ctx, out) => {
      ctx.type = 'html'
      ctx.body = page('Login virker ikke lige nu', `<p>${escaped(String(out.error))}</p>`)
    },
    interactions: { url: (ctx, interaction) => `/${broker.key}/login/${interaction.uid}` },
    findAccount: (ctx, sub) => broker.people[sub] && ({ accountId: sub, claims: (use) => ({ sub, ...claimsOf(sub, use) }) }),
    // Brokers ask nobody whether the portal may know them.
    loadExistingGrant: async (ctx) => {
      const { client, session, provider } = ctx.oidc
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
      grant.addOIDCScope(['openid', ...broker.scopes].join(' '))
      await grant.save()
      return grant
    },
    // The library reaches out to no private address by itself. This one tells the portal on this machine, and nobody else.
    fetch: (url, { dispatcher, ...options }) => {
      if (new URL(url).hostname !== '127.0.0.1') throw new Error('elsewhere')
      return globalThis.fetch(url, options)
    }
  })
  return { broker, provider, answer: provider.callback() }
}

async function login ({ broker, provider }, request, response) {
  if (request.method === 'GET') {
    await provider.interactionDetails(request, response)
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end(loginPage(broker))
    return
  }
  let body = ''
  for await (const piece of request) body += piece
  const chosen = new URLSearchParams(body)
  const sub = chosen.get('sub')
  low.set(`${broker.key} ${sub}`, chosen.has('low'))
  const result = broker.people[sub]
    ? { login: { accountId: sub } }
    : { error: 'access_denied', error_description: 'mitid_user_aborted' }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
}

let brokers = {}
const server = http.createServer(async (request, response) => {
  const [, key, ...rest] = request.url.split(/[/?]/, 3)
  const found = brokers[key]
  if (!found) {
    response.statusCode = 404
    response.end()
    return
  }
  // A browser has a clock of its own. The library writes on cookies until they are sent.
  const send = response.writeHead.bind(response)
  response.writeHead = (...given) => {
    const cookies = [response.getHeader('Set-Cookie') ?? []].flat()
    if (ahead && cookies.length) {
      response.setHeader('Set-Cookie',
        cookies.map((cookie) => /=;/.test(cookie) ? cookie : cookie.replace(/; expires=[^;]+/i, '')))
    }
    return send(...given)
  }
  try {
    if (rest[0] === 'login') {
      await login(found, request, response)
      return
    }
    request.baseUrl = `/${key}`
    request.originalUrl = request.url
    request.url = request.url.slice(key.length + 1) || '/'
    await found.answer(request, response)
  } catch {
    response.statusCode = 400
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end(page('Login er udløbet', '<p>Begynd forfra i portalen.</p>'))
  }
})
const begin = () => {
  const { port } = server.address()
  brokers = Object.fromEntries(world.brokers.map((broker) =>
    [broker.key, build(broker, `http://127.0.0.1:${port}/${broker.key}`)]))
  tell({ port })
}

server.on('error', (problem) => {
  tell({ error: problem.code })
  process.exit(1)
})
server.listen(world.port, '127.0.0.1', begin)
for await (const line of lines) {
  keys = JSON.parse(line).keep_old ? [newKey(), ...keys] : [newKey()]
  begin()
}
process.exit(0)
