// D1 as it is in a Worker, without Cloudflare: Miniflare with the real engine. Runs under a Node that Miniflare supports.
// Arguments: Miniflare's module, workerd, and a JSON of `{ token, databases, script }`. Prints its URL, and ends with its input.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [miniflare, workerd, given] = process.argv.slice(2)
const { token, databases, script } = JSON.parse(given)
process.env.MINIFLARE_WORKERD_PATH = workerd
const { Miniflare } = await import(pathToFileURL(miniflare).href)

const server = new Miniflare({
  modules: [{ type: 'ESModule', path: 'worker.mjs', contents: readFileSync(script, 'utf8') }],
  compatibilityDate: '2026-01-01',
  compatibilityFlags: ['nodejs_compat'],
  bindings: { TOKEN: token },
  d1Databases: Object.fromEntries(Array.from({ length: databases }, (_, at) => [`DB${at}`, `db-${at}`])),
  host: '127.0.0.1',
  port: 0,
})
process.stdin.on('end', async () => {
  await server.dispose()
  process.exit(0)
})
process.stdin.resume()
process.stdout.write(`${new URL(await server.ready).origin}\n`)
