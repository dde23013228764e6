import type { ConformanceTest, SubjectDatabase } from '@org/migrate-conformance'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { counts, sampleOf } from '../../kit/scale.ts'
import { describeOn, familyOf, type ServerName, type TestDatabase } from '../../kit/servers.ts'
import { blocked } from './blocked.ts'
import { emptying } from './emptying.ts'
import { expectCommitted, isVersioned } from './matrix.ts'
import { type ServerSubject, testConformance } from './run.ts'
import { fragments } from './subjects.ts'

/** What a title is about: the kind of an operation, names, or itself. */
const kindOf = (title: string): string => /^(?:operations: [^:]+|names(?=: "))/.exec(title)?.[0] ?? title

/** One dialect answers for two servers: what only the second one has is run there, and less of the rest. */
function sampled(name: string, server: ServerName, tests: readonly ConformanceTest[]): readonly ConformanceTest[] {
  const isSecond = server.endsWith('-next') || server === 'mysql'
  if (!isSecond) return sampleOf(tests, counts.conformanceCaseEvery, ({ title }) => kindOf(title))
  const isSampled = ({ title }: ConformanceTest): boolean => kindOf(title) !== title
  return tests.filter(
    (each, at) => !isSampled(each) || at % counts.conformanceCaseOnSecondEvery === 0 || isVersioned(name, each.title),
  )
}

/** The suite on one of the servers of a run. */
export function conformanceOn(
  server: ServerName,
  of: Pick<ServerSubject, 'flavour' | 'transactional' | 'drizzle'> & {
    /** At the head of its column in the support matrix. */
    readonly name: string
    readonly dialect: (url: string) => UnloadedDialect
  },
): void {
  const { name, dialect, ...subject } = of
  describeOn(server, 'conformance', (createDatabase) => {
    let version: number | undefined
    let idle: TestDatabase | undefined
    const close = async (database: TestDatabase): Promise<void> => {
      if (familyOf(server) === 'mysql') return database.drop()
      await database.sql(emptying)
      idle = database
    }
    const open = async (): Promise<SubjectDatabase> => {
      const database = idle ?? (await createDatabase())
      idle = undefined
      const [row = {}] = version === undefined ? await database.sql('SELECT version() AS v') : []
      version ??= Number.parseInt(String(row.v).replace(/^\D+/, ''), 10)
      return { dialect: dialect(database.url), sql: database.sql, close: () => close(database) }
    }
    testConformance({
      ...subject,
      open,
      onOutcome: (outcome) => expectCommitted(name, version, outcome),
      select: (tests) => sampled(name, server, tests),
    })
    if (familyOf(server) === 'postgres') blocked({ open, fragments: fragments.postgres }, counts.blockedCaseEvery)
  })
}
