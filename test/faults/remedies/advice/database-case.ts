import type { ErrorCode } from '@org/migrate-core'
import type { Recorded } from '../../../kit/migrator.ts'

export type DatabaseName = 'sqlite' | 'postgres' | 'postgres-next' | 'mariadb' | 'mysql'

/** An advice that is followed in a revision of its own: the second revision as it is refused, and as the advice has it. */
export interface DatabaseCase {
  readonly on: readonly DatabaseName[]
  readonly code: ErrorCode
  readonly given?: Recorded
  readonly wrong: Recorded
  readonly right: Recorded
  /** SQL of the application between the first revision and the second. */
  readonly rows?: string
}

const mysqlFamily = ['mariadb', 'mysql'] as const

export const on =
  (names: readonly DatabaseName[], code: ErrorCode) =>
  (wrong: Recorded, right: Recorded, more: Partial<DatabaseCase> = {}): DatabaseCase => ({
    on: names,
    code,
    wrong,
    right,
    ...more,
  })

export const refusedBy = {
  sqlite: on(['sqlite'], 'UNSUPPORTED'),
  postgres: on(['postgres'], 'UNSUPPORTED'),
  mariadb: on(['mariadb'], 'UNSUPPORTED'),
  mysql: on(['mysql'], 'UNSUPPORTED'),
  both: on(mysqlFamily, 'UNSUPPORTED'),
} as const
