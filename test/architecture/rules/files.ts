import { packageFolder, type Rule, type Tree } from '../tree.ts'

const refusedFrom = 450
const explainedFrom = 300

/** Source files above 300 lines, each with the reason that they are still one file. */
export const longFiles: { readonly [path: string]: string } = {
  'packages/core/src/execute/executor.ts': 'one run from its first look to its last commit; its order is its meaning',
  'packages/dialect-sqlite/src/ddl/body-scan.ts':
    'one pass over a statement body; names and scopes belong to one state',
  'packages/dialect-sqlite/src/advance.ts': 'one edit of the stored text for each kind of operation, as one table',
}

/** Lists of data, and reports that a script writes. */
const generated = /\/(generated|fixtures)\//

const linesOf = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0)

export const filesStaySmall: Rule = ({ files }) =>
  [...files.values()].flatMap(({ path, text }) => {
    if (generated.test(path)) return []
    const lines = linesOf(text)
    if (lines >= refusedFrom) return [`${path} has ${lines} lines; ${refusedFrom} are refused`]
    const explained = !/^(packages|apps)\//.test(path) || longFiles[path] !== undefined
    return lines > explainedFrom && !explained ? [`${path} has ${lines} lines and no reason for them`] : []
  })

/** A reason outlives its file, or the need of it. */
export const reasonsAreNeeded = (
  { files }: Tree,
  reasons: { readonly [path: string]: string } = longFiles,
): readonly string[] =>
  Object.keys(reasons).flatMap((path) => {
    const file = files.get(path)
    if (file === undefined) return [`${path} is excused, and not there`]
    return linesOf(file.text) <= explainedFrom ? [`${path} is excused, and short enough`] : []
  })

const folder = /^packages\/(dialect-[^/]+)$/

/** What every dialect is made of, under the same names. */
const shared = new Set([
  ...['index', 'dialect', 'capabilities', 'types', 'quote', 'connect', 'connection', 'session', 'faults', 'url'],
  ...['advance', 'classify', 'normalise', 'transaction', 'values', 'copy', 'drizzle', 'lock'],
  ...['compile', 'tables', 'columns', 'constraints', 'indexes', 'rows', 'views', 'triggers', 'comments', 'opaque'].map(
    (name) => `compile/${name}`,
  ),
  ...['statements', 'unsupported', 'enums', 'schemas', 'sequences', 'extensions'].map((name) => `compile/${name}`),
  ...[
    'index',
    'tables',
    'columns',
    'constraints',
    'indexes',
    'defaults',
    'views',
    'triggers',
    'enums',
    'sequences',
  ].map((name) => `introspect/${name}`),
])

/** What one server needs and the others have not, with the reason. Folders end with a slash. */
const own: { readonly [dialect: string]: { readonly [path: string]: string } } = {
  'dialect-sqlite': {
    'ddl/': 'SQLite keeps the CREATE text and nothing else: it is read and edited here',
    waiting: 'its driver blocks the event loop while it waits, so we wait ourselves',
    checks: 'foreign keys and dependants are proven by us before a commit',
    'compile/batch': 'several changes of a table make one rebuild',
    'compile/rebuild': 'tables are rebuilt',
    'compile/checks-before': 'rows are looked at before a rebuild would fail over them',
    'compile/column-map': 'where each column of a rebuilt table comes from',
    'compile/row-key': 'the rowid',
    'introspect/virtual': 'virtual tables and their shadows are left alone',
  },
}

/** The names that a dialect has are the names of the others: who knows one finds his way in the next. */
export const dialectsLookAlike: Rule = ({ files }) => {
  const folders = [...new Set([...files.keys()].map(packageFolder).filter((name) => folder.test(name)))]
  return folders.flatMap((home) => {
    const excused = own[home.slice('packages/'.length)] ?? {}
    const names = [...files.keys()]
      .filter((path) => path.startsWith(`${home}/src/`))
      .map((path) => path.slice(home.length + 5).replace(/\.ts$/, ''))
    const strange = names.filter(
      (name) =>
        !shared.has(name) &&
        // Drizzle's column types differ by dialect, and so do the files about them.
        !name.startsWith('drizzle/') &&
        !Object.keys(excused).some((path) => (path.endsWith('/') ? name.startsWith(path) : name === path)),
    )
    return strange.map((name) => `${home}/src/${name}.ts has a name that no other dialect knows`)
  })
}
