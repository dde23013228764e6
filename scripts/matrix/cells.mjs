// What `npm run test:matrix` tries: the columns of its tables, the rows, and where a cell isn't tried the reason.
import { hasBuiltinSqlite } from '../workspace.mjs'

/** `program` names what test/kit/servers/nodes.mjs fetches; `args` stand between the program and a file that it runs. */
const runtimes = [
  { name: 'Node 20.19.6', program: 'otherNode', version: '20.19.6' },
  { name: 'Node 22.23.3', program: 'otherNode', version: '22.23.3' },
  { name: 'Node 24.21.0', program: 'otherNode', version: '24.21.0' },
  { name: 'Node 26.10.0', program: 'otherNode', version: '26.10.0' },
  { name: 'Bun 1.4.5', program: 'bun', version: '1.4.5' },
  { name: 'Deno 2.9.6', program: 'deno', version: '2.9.6', args: ['run', '-A', '--node-modules-dir=manual'] },
]

/** Of the server `postgres`, without those of the next release. */
const onPostgres = ['-t', 'postgres: ']
const isNode = ({ program }) => program === 'otherNode'
const isBun = ({ program }) => program === 'bun'
const notTried = (why) => ({ notTried: why })
const tests = (...args) => ({ tests: args })
const sqlite = 'test/dialects/sqlite/connection'
const ofNode = notTried('the programs of this check are run by Node')

const platformChecks = [
  {
    name: 'the packages from npm in an empty project, and the commands of the README',
    on: (runtime) => ({
      ...tests('test/repository/packaging/consumers.test.ts', '-t', 'runs its commands as printed'),
      ...(isNode(runtime) ? {} : { isProgram: true }),
    }),
  },
  {
    name: 'values on SQLite',
    on: (runtime) => {
      if (isNode(runtime)) return tests(`${sqlite}/values.test.ts`)
      return tests(`${sqlite}/other-runtimes.test.ts`, '-t', `on ${isBun(runtime) ? 'Bun' : 'Deno'} a session`)
    },
  },
  {
    name: 'values on PostgreSQL',
    on: (runtime) =>
      isNode(runtime)
        ? tests('test/dialects/postgres/connection/values.test.ts', ...onPostgres)
        : notTried('only SQLite is supported'),
  },
  {
    name: 'kills on SQLite',
    on: (runtime) => {
      if (isNode(runtime)) return tests('test/faults/kills/sqlite.test.ts')
      return isBun(runtime) ? tests(`${sqlite}/drivers.test.ts`, '-t', 'bun:sqlite') : ofNode
    },
  },
  {
    name: 'kills on PostgreSQL',
    on: (runtime) =>
      isNode(runtime)
        ? tests('test/faults/kills/postgres.test.ts', ...onPostgres)
        : notTried('only SQLite is supported'),
  },
  {
    name: '`npm start` in a fresh clone without a C++ compiler',
    on: (runtime) => {
      if (!isNode(runtime)) return ofNode
      return hasBuiltinSqlite(runtime.version)
        ? { start: 'bare' }
        : notTried('it needs better-sqlite3, which is compiled where no binary fits')
    },
  },
  {
    name: '`npm start` in a fresh clone with one',
    on: (runtime) => (isNode(runtime) ? { start: 'here' } : ofNode),
  },
  {
    name: '`npm test -- --servers=none` in a fresh clone',
    isLong: true,
    on: (runtime) => (isNode(runtime) ? { start: 'tests' } : ofNode),
  },
]

export const columns = runtimes
export const rows = platformChecks
