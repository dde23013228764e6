import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename } from 'node:path'
import type { PackedPackage } from '../../../scripts/packed.mjs'

/**
 * A registry on loopback for the scope of our packages alone, so that `npm install @org/…` works as printed before anything is published:
 * https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md. `settings` is the line of `.npmrc` that names it.
 */
export async function serveRegistry(packages: readonly PackedPackage[]) {
  const answers = new Map<string, (host: string) => string | Buffer>()
  for (const { name, tarball, manifest } of packages) {
    const bytes = readFileSync(tarball)
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
    answers.set(`/-/${basename(tarball)}`, () => bytes)
    answers.set(`/${name}`, (host) => {
      const dist = { tarball: `http://${host}/-/${basename(tarball)}`, integrity }
      const versions = { [manifest.version]: { ...manifest, dist } }
      return JSON.stringify({ name, 'dist-tags': { latest: manifest.version }, versions })
    })
  }
  const server = createServer((request, response) => {
    const answer = answers.get(decodeURIComponent(request.url ?? ''))
    response.statusCode = answer === undefined ? 404 : 200
    response.end(answer?.(request.headers.host ?? '') ?? '{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    settings: `@org:registry=http://127.0.0.1:${(server.address() as AddressInfo).port}/\n`,
    close: () => server.close(),
  }
}
