// A Worker that answers as Cloudflare's HTTP API of D1 does, from the D1 bindings that it has.
// https://developers.cloudflare.com/api/resources/d1/subresources/database/

/** Which binding the database of a name has: the first use of a name takes the next one, which is empty. */
const taken = new Map()

function bindingOf(env, name) {
  if (!taken.has(name)) taken.set(name, `DB${taken.size}`)
  const binding = env[taken.get(name)]
  if (binding === undefined) throw new Error(`all ${taken.size - 1} databases of this server are taken`)
  return binding
}

const failed = (status, code, message) =>
  Response.json({ result: [], success: false, errors: [{ code, message }], messages: [] }, { status })

const prepared = (binding, { sql, params = [] }) => binding.prepare(sql).bind(...params)

/** The binding gives objects; the API's /raw gives the columns and the rows as lists. */
async function raw(binding, statements) {
  const results = await binding.batch(statements.map((each) => prepared(binding, each)))
  return results.map(({ success, meta, results: rows }) => ({
    success,
    meta,
    results: { columns: rows.length === 0 ? [] : Object.keys(rows[0]), rows: rows.map((row) => Object.values(row)) },
  }))
}

async function one(binding, statement) {
  const [columns, ...rows] = await prepared(binding, statement).raw({ columnNames: true })
  return [{ success: true, meta: {}, results: { columns: columns ?? [], rows } }]
}

// biome-ignore lint/style/noDefaultExport: a Worker is its module's default export
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url)
    const [, name, form] = /^\/client\/v4\/accounts\/[^/]+\/d1\/database\/([^/]+)\/(query|raw)$/.exec(pathname) ?? []
    if (name === undefined || request.method !== 'POST') return failed(404, 7003, `Could not route to ${pathname}`)
    if (request.headers.get('authorization') !== `Bearer ${env.TOKEN}`)
      return failed(401, 10000, 'Authentication error')
    if (name.startsWith('unknown')) return failed(404, 7404, `The database ${name} could not be found`)
    const body = await request.json()
    const binding = bindingOf(env, name)
    try {
      const statements = body.batch ?? [body]
      let result
      if (form === 'query') result = await binding.batch(statements.map((each) => prepared(binding, each)))
      else if (body.batch === undefined) result = await one(binding, body)
      else result = await raw(binding, statements)
      return Response.json({ result, success: true, errors: [], messages: [] })
    } catch (error) {
      // The binding writes its own name before the error of SQLite, the API does not.
      return failed(400, 7500, String(error.message).replace(/^D1_ERROR: /, ''))
    }
  },
}
