import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBuilt } from '../../../cli/project.ts'
import { hasDriver } from '../../../kit/sqlite-client/client.mjs'
import { folder } from './kit.ts'

const packages = fileURLToPath(new URL('../../../../packages/', import.meta.url))
const userId = 65_534

const program = `
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
const [url, purpose, lock] = process.argv.slice(2)
try {
  const session = await sqliteDialect({ url: 'sqlite:' + url }).connection.connect({ purpose })
  await session.query('SELECT a FROM t')
  if (lock) console.log(await session.runLock(lock).take())
  await session.close()
  console.log('opened')
} catch (error) {
  console.log(error.code)
}
`

function copyDriver(modules: string): void {
  const require = createRequire(path.join(packages, 'dialect-sqlite/package.json'))
  const driver = path.dirname(require.resolve('better-sqlite3/package.json'))
  // Up to version 12 the binary is a compiled one, which `bindings` finds.
  const isCompiled = existsSync(path.join(driver, 'build'))
  for (const part of ['package.json', 'lib', isCompiled ? 'build/Release/better_sqlite3.node' : 'prebuilds']) {
    cpSync(path.join(driver, part), path.join(modules, 'better-sqlite3', part), { recursive: true, dereference: true })
  }
  let from = driver
  for (const name of isCompiled ? ['bindings', 'file-uri-to-path'] : []) {
    from = path.dirname(createRequire(path.join(from, 'package.json')).resolve(`${name}/package.json`))
    cpSync(from, path.join(modules, name), { recursive: true, dereference: true })
  }
}

/** What the built packages need to run, where anybody may read it: a checkout may lie in a folder of the superuser's own. */
function readableCopy(): string {
  const home = folder()
  chmodSync(home, 0o755)
  const modules = path.join(home, 'node_modules')
  for (const name of ['core', 'dialect-sqlite']) {
    const to = path.join(modules, `@org/migrate-${name}`)
    for (const part of ['package.json', 'dist'])
      cpSync(path.join(packages, name, part), path.join(to, part), { recursive: true })
  }
  if (hasDriver) copyDriver(modules)
  writeFileSync(path.join(home, 'open.mjs'), program)
  spawnSync('chmod', ['-R', 'a+rX', home])
  return home
}

/**
 * Rights mean nothing to the superuser: processes without rights open files, and take a lock on them where one is named. Each gives whether it
 * got the lock, and `opened` or the error's code.
 */
export function unprivilegedUser(): (file: string, purpose: 'inspect' | 'run', ...lock: readonly string[]) => string {
  ensureBuilt()
  const identity = process.getuid?.() === 0 ? { uid: userId, gid: userId } : {}
  const home = readableCopy()
  return (file, purpose, ...lock) => {
    const { stdout, stderr } = spawnSync(process.execPath, ['open.mjs', file, purpose, ...lock], {
      cwd: home,
      encoding: 'utf8',
      ...identity,
    })
    return stdout.trim() || stderr
  }
}
