import type {
  Change,
  FillAnswer,
  RenameAnswer,
  RenameQuestion,
  RenderType,
  SchemaFilter,
} from '@org/migrate-autogenerate'
import type { BuiltInDialect } from '@org/migrate-core/dialect'
import type { Declaration, DeclaredByDialect } from './sources.ts'

/** What `revision --autogenerate` and `check` compare with, and how. */
export interface Autogenerate extends SchemaFilter {
  /**
   * The files that declare the schema, in Drizzle or with `table(…)`, or what makes it (`fromSql`, `fromDatabase`, `fromCommand`); where
   * each database has its own, by dialect: then one revision is written for all of them.
   */
  readonly schema: Declaration | DeclaredByDialect
  /** The databases that a revision serves, where the same files declare the schema of several. Default: that of the URL. */
  readonly dialects?: readonly BuiltInDialect[]
  /** The casing that the application gives to `drizzle()`. */
  readonly casing?: 'snake_case' | 'camelCase'
  /** Answers what would be asked on a terminal: the name that something new had, `null` where it is new; undefined: ask. */
  readonly renames?: (question: RenameQuestion) => RenameAnswer | undefined | Promise<RenameAnswer | undefined>
  /** Values for rows that are there already, as SQL; undefined: the file asks for it. */
  readonly fill?: FillAnswer
  /** What loses data is written without being asked. Default false. */
  readonly allowDestructive?: boolean
  /** How types are written that the project has words of its own for: `money()` for a decimal(12, 2). */
  readonly renderType?: RenderType
  /** Looks at the changes before a file is made: may leave some out, edit them, add others, or throw. */
  readonly processOperations?: (
    changes: readonly Change[],
    about: { readonly dialect: string; readonly message: string },
  ) => readonly Change[] | Promise<readonly Change[]>
}
