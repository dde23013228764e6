// Builds or serves the site: `[--dev] [--out <folder>] [--base /path/]`.
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { build, createServer } from 'vitepress'

const pages = join(import.meta.dirname, '..')
const { values } = parseArgs({
  options: { dev: { type: 'boolean' }, out: { type: 'string' }, base: { type: 'string' } },
})
if (values.base !== undefined) process.env.DOCS_BASE = values.base
if (values.dev) {
  const server = await createServer(pages)
  await server.listen()
  server.printUrls()
} else {
  await build(pages, {
    ...(values.out === undefined ? {} : { outDir: resolve(values.out) }),
    onAfterConfigResolve: (config) => {
      // Builds at the same time share nothing but the pages.
      config.tempDir = join(pages, `../node_modules/.vitepress/build-${process.pid}`)
    },
  })
}
