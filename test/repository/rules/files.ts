import { packageFolder, type Rule, type Tree } from '../tree.ts'

const mostFiles = 25

/** A folder that can be read as one list: files of its own, folders inside it not counted. */
export const foldersStaySmall: Rule = ({ files }) => {
  const counts = new Map<string, number>()
  for (const path of files.keys()) {
    if (!/^(packages|apps)\/[^/]+\/src\//.test(path)) continue
    const folder = path.slice(0, path.lastIndexOf('/'))
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  return [...counts].filter(([, count]) => count > mostFiles).map(([folder, count]) => `${folder} holds ${count} files`)
}

const refusedFrom = 450
const explainedFrom = 300

/** Source files above 300 lines, each with the reason that they are still one file. */
const longFiles: { readonly [path: string]: string } = {
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
  ...['index', 'dialect', 'capabilities', 'internal', 'types/types', 'sql/quote', 'shadow/shadow'],
  ...['connection', 'session', 'lock', 'transaction', 'url'].map((name) => `connection/${name}`),
  ...['compile', 'introspect'].flatMap((folder) =>
    ['tables', 'columns', 'constraints', 'indexes'].map((name) => `${folder}/${name}`),
  ),
]

/** What SQLite has not, and the others will. */
const elsewhere: readonly string[] = [
  ...['compile', 'introspect'].flatMap((folder) =>
    ['enums', 'schemas', 'sequences', 'extensions', 'policies'].map((name) => `${folder}/${name}`),
  ),
]

/** What one server needs and the others have not, with the reason; a folder ends with a slash. */
export const own: { readonly [path: string]: string } = {
  // PostgreSQL
  'packages/dialect-postgres/src/types/expressions/':
    'it reprints every expression from its tree, which has to be compared',
  'packages/dialect-postgres/src/types/operator-classes.ts':
    'an index of it has a class of operators for each of its columns',
  'packages/dialect-postgres/src/introspect/held-locks.ts': 'its catalog lists the locks of a session in every version',
  'packages/dialect-postgres/src/compile/casts.ts': 'which types convert by themselves is a table of its own',
  'packages/dialect-postgres/src/compile/dependants/dependants.ts': 'views have to make way for a change of type',
  'packages/dialect-postgres/src/compile/dependants/recreate-column.ts': 'what made way is made again with its grants',
  'packages/dialect-postgres/src/compile/dependants/enum-rebuild.ts': 'enums are types there',
  'packages/dialect-postgres/src/types/enum-values.ts': 'enums are types there',
  'packages/dialect-postgres/src/sql/rename-in-text.ts': 'constraints named by the server carry the names of columns',
  'packages/dialect-postgres/src/sql/compared-values.ts': 'enums are types there',
  'packages/dialect-postgres/src/compile/dependants/moves.ts': 'MySQL and SQLite have no schemas to move between',
  'packages/dialect-postgres/src/compile/dependants/move.ts': 'MySQL and SQLite have no schemas to move between',
  'packages/dialect-postgres/src/compile/dependants/move-in-text.ts':
    'MySQL and SQLite have no schemas to move between',
  'packages/dialect-postgres/src/sql/server-names.ts': 'it names constraints by a rule that can be followed',
  'packages/dialect-postgres/src/connection/qualify-subject.ts':
    'what is no part of a transaction has no search path behind a pooler',
  'packages/dialect-mysql/src/connection/unusable-server.ts': 'a node of its cluster may take no statements',
  'packages/dialect-postgres/src/connection/local.ts': 'behind a pooler every transaction sets everything for itself',
  'packages/dialect-postgres/src/connection/pooler.ts': 'poolers in front of it share sessions',
  'packages/dialect-postgres/src/connection/greeting.ts': 'its pooler refuses settings in the greeting',
  'packages/dialect-postgres/src/connection/statements.ts': 'prepared statements go stale with DDL',
  'packages/dialect-postgres/src/connection/drivers/': 'each driver sends and cancels statements in its own way',
  'packages/dialect-postgres/src/compile/definitions/definitions.ts':
    'identity, enums and defaults make the definition of a column long',
  'packages/dialect-postgres/src/compile/definitions/identity-options.ts': 'an identity says how it counts',
  'packages/dialect-postgres/src/types/sequence-bounds.ts': 'where a sequence ends goes by its type',
  'packages/dialect-postgres/src/compile/options.ts':
    'a storage parameter and a word of CREATE TABLE are set in different ways',
  'packages/dialect-postgres/src/compile/view-text.ts': 'a view is made again with what hangs on it',
  'packages/dialect-postgres/src/types/defaults.ts': 'it prints a default with casts',
  'packages/dialect-postgres/src/types/enum-check.ts': 'an enum without a name is a text with a CHECK',
  'packages/dialect-postgres/src/types/enum-columns.ts': 'enums are types there, and arrays of them too',
  'packages/dialect-postgres/src/sql/grammar.ts': 'its strings have dollars and escapes',
  'packages/dialect-postgres/src/introspect/scope.ts': 'one database holds the schemas of many histories',
  'packages/dialect-postgres/src/sql/search-path.ts': 'a session looks for a name in several schemas',
  'packages/dialect-postgres/src/introspect/own-types.ts':
    'users make types of their own: domains, composite types, ranges',
  'packages/dialect-postgres/src/introspect/other-names.ts':
    'tables and views share their names with types that no operation makes',
  'packages/dialect-postgres/src/introspect/context.ts': 'a name is printed by the schema that the session stands in',
  'packages/dialect-postgres/src/introspect/whole/': 'owners, privileges, rules and policies hang on its objects',
  'packages/dialect-postgres/src/compile/dependants/extras.ts':
    'an object created again gets back what no definition of it says',
  'packages/dialect-postgres/src/compile/dependants/blocked-tables.ts':
    'a change keeps its lock of the table until the transaction ends',
  'packages/dialect-postgres/src/compile/dependants/settings.ts':
    'a change of a type makes the server forget how indexes are counted',
  'packages/dialect-postgres/src/introspect/index-definition.ts': 'keys of an index come as text',
  'packages/dialect-postgres/src/introspect/stable-text.ts':
    'a query that was made again from the text of the server is printed otherwise',
  'packages/dialect-postgres/src/introspect/reading.ts': 'several kinds are asked for in one round trip',
  'packages/dialect-postgres/src/connection/limits.ts': 'limits go along with the next statement',
  'packages/dialect-postgres/src/types/created-table.ts': 'a table is known by the names that the server gave',
  'packages/dialect-postgres/src/sql/names-in.ts': 'unquoted names are folded to lower case',
  'packages/dialect-postgres/src/sql/touched-tables.ts': 'functions of users run DDL, and tables have children',
  'packages/dialect-postgres/src/sql/text.ts': 'no text holds a NUL',
  'packages/dialect-postgres/src/sql/unsupported.ts': 'what is refused depends on the version',
  'packages/dialect-postgres/src/sql/version.ts': 'what a server can do depends on its major version',
  'packages/dialect-postgres/src/types/relation-names.ts':
    'what has a name among the relations or the types of a schema, which share theirs only there',
  'packages/dialect-postgres/src/types/owned-sequences.ts':
    'a sequence of a column has the names of its table and its column',
  'packages/dialect-postgres/src/sql/view-columns.ts': 'the columns of a view have names of their own',
  'packages/dialect-postgres/src/compile/dependants/policy-columns.ts':
    'policies of any table read columns, and follow their names',
  'packages/dialect-postgres/src/compile/dependants/model-heirs.ts': 'its tables inherit from others',
  'packages/dialect-postgres/src/compile/dependants/renamed-views.ts': 'its views follow what is renamed',
  'packages/dialect-postgres/src/compile/dependants/retyped-texts.ts':
    'a type change leaves casts in every expression over the column',
  // MySQL and MariaDB
  'packages/dialect-mysql/src/connection/drivers/': 'each driver reads the binary protocol in its own way',
  'packages/dialect-mysql/src/connection/read-together.ts':
    'its driver sends a statement only when the one before was answered',
  'packages/dialect-mysql/src/introspect/definitions.ts':
    'the server writes each definition, in a statement of its own',
  'packages/dialect-mysql/src/sql/program-modes.ts': 'stored programs keep a mode of the session that creates them',
  'packages/dialect-mysql/src/types/key-order.ts': 'it orders by other values than it compares with',
  'packages/dialect-mysql/src/compile/dependants/column-dependants.ts': 'checks go with a column without a word',
  'packages/dialect-mysql/src/compile/view-columns.ts': 'a view is replaced under those that read it',
  'packages/dialect-mysql/src/compile/limits.ts': 'the bytes of a row and of a key are limited',
  'packages/dialect-mysql/src/compile/index-limits.ts': 'an index has some bytes of a text, and none of a JSON',
  'packages/dialect-mysql/src/compile/primary-key.ts':
    'some servers take no table without a primary key, not for a moment',
  'packages/dialect-mysql/src/introspect/lost-characters.ts': 'its catalogs lose characters beyond U+FFFF',
  'packages/dialect-mysql/src/compile/dependants/': 'checks go with a column without a word',
  'packages/dialect-mysql/src/sql/column-text.ts': 'a column is defined again from its text in SHOW CREATE TABLE',
  'packages/dialect-postgres/src/compile/dependants/step-notes.ts':
    'tables have owners, and publications that send their rows elsewhere',
  'packages/dialect-mysql/src/sql/tokens.ts': 'a column is defined again from its text in SHOW CREATE TABLE',
  'packages/dialect-mysql/src/types/type-synonyms.ts': 'a type has several names, of which the server prints one',
  'packages/dialect-mysql/src/ddl/': 'a column is redefined from its text in SHOW CREATE TABLE',
  'packages/dialect-mysql/src/ddl/rename-effects.ts': 'what refers to a renamed thing follows it, or does not',
  'packages/dialect-mysql/src/introspect/catalog.ts': 'its catalog is asked the same way for every kind',
  'packages/dialect-mysql/src/ddl/names.ts': 'names may be told apart by case or not, by a setting of the server',
  'packages/dialect-mysql/src/flavour.ts': 'two servers speak one protocol',
  'packages/dialect-mysql/src/sql/portable.ts': 'names stand in backticks',
  'packages/dialect-mysql/src/compile/decompose.ts': 'a text needs a length before a key can have it',
  'packages/dialect-mysql/src/types/implicit-indexes.ts': 'a foreign key brings an index with it',
  'packages/dialect-mysql/src/compile/online.ts': 'ALGORITHM and LOCK can be asked for',
  'packages/dialect-mysql/src/connection/cluster.ts': 'several of its servers may take changes of one database',
  'packages/dialect-mysql/src/connection/identity.ts':
    'a number of a connection comes again after a restart, and a lock tells whose it is',
  'packages/dialect-mysql/src/connection/exchange.ts': 'an error may end the transaction without a word',
}

/** The names that a dialect has are those of another one: who knows one finds his way in the next. */
export const dialectsHaveSameFiles: Rule = ({ files }) => {
  const homes = [
    ...new Set([...files.keys()].map(packageFolder).filter((home) => home.startsWith('packages/dialect-'))),
  ]
  const namesOf = (home: string): readonly string[] =>
    [...files.keys()]
      .filter((path) => path.startsWith(`${home}/src/`))
      .map((path) => path.slice(home.length + 5).replace(/\.ts$/, ''))
  const excused = (path: string): boolean =>
    Object.keys(own).some((knownNames) =>
      knownNames.endsWith('/') ? path.startsWith(knownNames) : path === knownNames,
    )
  return homes.flatMap((home) => {
    const names = namesOf(home)
    const knownNames = new Set([...parts, ...elsewhere, ...homes.filter((other) => other !== home).flatMap(namesOf)])
    const missing = names.includes('dialect') ? parts.filter((name) => !names.includes(name)) : []
    const unknownNames = names.filter(
      // SQLite came first, and what it has alone comes from its CREATE texts.
      (name) => home !== first && !knownNames.has(name) && !excused(`${home}/src/${name}.ts`),
    )
    return [
      ...missing.map((name) => `${home} has no ${name}.ts, as every dialect has`),
      ...unknownNames.map((name) => `${home}/src/${name}.ts has a name that no other dialect knows`),
    ]
  })
}

/** A reason outlives its file. */
export const ownIsNeeded: Rule = ({ files }) =>
  Object.keys(own)
    .filter((path) => ![...files.keys()].some((file) => (path.endsWith('/') ? file.startsWith(path) : file === path)))
    .map((path) => `${path} is excused, and not there`)
