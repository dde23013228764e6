import type { StepDatabase } from '@org/migrate-core'
import type { Dialect } from '@org/migrate-core/dialect'
import { onlyCase, runSeed } from '../kit/random.ts'
import { counts } from '../kit/scale.ts'
import { describeOn, familyOf, type ServerName, type TestDatabase } from '../kit/servers.ts'
import { blocked } from './blocked.ts'
import type { Subject, SubjectDatabase } from './subject.ts'
import { features, fragments } from './subjects.ts'
import { conformance } from './suite.ts'

/** Making a database of PostgreSQL takes up to a second, emptying it a moment. */
const emptying = `SET lock_timeout = '5s';
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', name);
  END LOOP;
END $$;
CREATE SCHEMA public`

/** The suite on one of the servers of a run. */
export function conformanceOn(
  server: ServerName,
  of: {
    readonly name: string
    readonly flavour: keyof typeof fragments
    readonly transactional: boolean
    readonly dialect: (url: string) => Dialect
    readonly drizzle: (db: StepDatabase) => Promise<void>
  },
): void {
  const { name, flavour, transactional, dialect, drizzle } = of
  const only = onlyCase()
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
      version ??= Number.parseInt(
        String(Object.values((await database.sql('SELECT version() AS v'))[0] ?? {})[0]).replace(/^\D+/, ''),
        10,
      )
      return { dialect: dialect(database.url), sql: database.sql, version, close: () => close(database) }
    }
    const subject: Subject = {
      name,
      open,
      fragments: fragments[flavour],
      transactional,
      drizzle,
      random: features[flavour],
      randomModels: {
        count: counts.randomModels,
        seed: runSeed(),
        first: counts.firstOfRandom,
        ...(only === undefined ? {} : { only }),
      },
      // One dialect answers for two servers: where they part, a case of the second one says so.
      operationEvery: server === 'postgres-next' || server === 'mysql' ? counts.operationOnSecondEvery : 1,
    }
    conformance(subject)
    if (familyOf(server) === 'postgres') blocked(subject, counts.blockedCaseEvery)
  })
}
