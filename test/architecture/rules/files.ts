import { packageFolder, type Rule, type Tree } from '../tree.ts'

const refusedFrom = 450
const explainedFrom = 300

/** Source files above 300 lines, each with the reason that they are still one file. */
export const longFiles: { readonly [path: string]: string } = {
  'packages/dialect-sqlite/src/ddl/body-scan.ts':
    'one pass over a statement body; names and scopes belong to one state',
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

const first = 'packages/dialect-sqlite'

/** What a dialect is made of. One that has a `dialect.ts` has them all. */
const parts: readonly string[] = [
  ...['index', 'dialect', 'capabilities', 'types', 'quote', 'connection', 'session', 'faults', 'drizzle'],
  ...['compile', 'introspect'].flatMap((folder) =>
    ['tables', 'columns', 'constraints', 'indexes'].map((name) => `${folder}/${name}`),
  ),
]

/** What SQLite has not, and the others will. */
const elsewhere: readonly string[] = [
  'lock',
  ...['compile', 'introspect'].flatMap((folder) =>
    ['enums', 'schemas', 'sequences', 'extensions'].map((name) => `${folder}/${name}`),
  ),
]

/** What one server needs and the others have not, with the reason. */
const own: { readonly [path: string]: string } = {}

/** The names that a dialect has are the names of the first: who knows one finds his way in the next. */
export const dialectsLookAlike: Rule = ({ files }) => {
  const homes = [
    ...new Set([...files.keys()].map(packageFolder).filter((home) => home.startsWith('packages/dialect-'))),
  ]
  const namesOf = (home: string): readonly string[] =>
    [...files.keys()]
      .filter((path) => path.startsWith(`${home}/src/`))
      .map((path) => path.slice(home.length + 5).replace(/\.ts$/, ''))
  const known = new Set([...namesOf(first), ...parts, ...elsewhere])
  return homes.flatMap((home) => {
    const names = namesOf(home)
    const missing = names.includes('dialect') ? parts.filter((name) => !names.includes(name)) : []
    const strange = names.filter(
      // Drizzle's column types differ by dialect, and so do the files about them.
      (name) => !known.has(name) && !name.startsWith('drizzle/') && own[`${home}/src/${name}.ts`] === undefined,
    )
    return [
      ...missing.map((name) => `${home} has no ${name}.ts, as every dialect has`),
      ...strange.map((name) => `${home}/src/${name}.ts has a name that no other dialect knows`),
    ]
  })
}
