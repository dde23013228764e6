import { MigrateError } from '@org/migrate-core/connection'
import {
  type CompileTable,
  type DialectCompiler,
  type OperationAround,
  type OperationKind,
  type Statement,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'
import { nameOf, sameName, significant, tokenize } from '../../sql/tokenize.ts'

const setting = /^PRAGMA legacy_alter_table\b/

/** What RENAME would read while the table has no name: views, and triggers of other tables. */
function readerOf({ after }: Pick<OperationAround, 'after'>, tables: readonly TableRef[]): string | undefined {
  const own = new Set(tables.map(tableKey))
  const names = (text: string): boolean =>
    significant(tokenize(text)).some((token) => tables.some(({ name }) => sameName(nameOf(token) ?? '', name)))
  const view = [...after.views.values()].find(({ definition }) => names(definition))
  if (view !== undefined) return `the view ${view.ref.name}`
  const trigger = [...after.triggers.values()].find(
    ({ table, definition }) => !own.has(tableKey(table)) && names(definition),
  )
  return trigger && `the trigger ${trigger.name}`
}

function withoutSetting(at: Pick<OperationAround, 'after'>, statements: readonly Statement[]): readonly Statement[] {
  const tables = statements.flatMap((each) => (setting.test(each.sql) ? (each.tables ?? []) : []))
  const reader = readerOf(at, tables)
  if (reader === undefined) return statements.filter(({ sql }) => !setting.test(sql))
  const operation = `a rebuild of ${[...new Set(tables.map(({ name }) => name))].join(', ')}`
  const why = `${reader} names it, and libSQL over HTTP renames no table that such an object reads`
  throw new MigrateError('UNSUPPORTED', { dialect: 'sqlite', operation, why }, `${operation}: ${why}`, {
    remedy: 'Drop the view or the trigger before this change, and create it again behind it.',
  })
}

/**
 * For a libSQL server, whose parser refuses `PRAGMA legacy_alter_table`: without it RENAME reads every view and trigger, and fails where one
 * of them names the table that was dropped a moment before. What the model does not know the server refuses, and then nothing is done.
 */
export function withoutLegacyNames({ table, batch, ...compiler }: DialectCompiler): DialectCompiler {
  type Compile = (at: OperationAround) => readonly Statement[]
  const kinds = Object.keys(table) as readonly OperationKind[]
  return {
    ...compiler,
    table: Object.fromEntries(
      kinds.map((kind) => [kind, (at: OperationAround) => withoutSetting(at, (table[kind] as Compile)(at))]),
    ) as CompileTable,
    ...(batch && {
      batch: {
        size: batch.size,
        compile: (operations) => {
          const last = operations.at(-1)
          const statements = batch.compile(operations)
          return last === undefined ? statements : withoutSetting(last, statements)
        },
      },
    }),
  }
}
