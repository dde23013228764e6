import { type ColumnModel, enclosed, findColumn, type TableModel } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { sameName } from '../sql/tokenize.ts'
import { defaultText } from '../types/definition-text.ts'
import type { OperationInContext } from './merge-rules.ts'
import { sqliteText, tableOf } from './statements.ts'

/** Where a column's values come from: a column of the old table, an expression of the author, or the default it was added with. */
interface Origin {
  readonly column?: string
  readonly using?: string
  readonly added?: string
}

/** A column of the new table that is copied, with the SQL that reads it from the old one. */
export interface CopiedColumn {
  readonly column: ColumnModel
  readonly source: string
}

const defaultOf = (column: ColumnModel): string => defaultText(column)?.text ?? 'NULL'

/**
 * Follows the columns of a table through the changes of one batch. A rename of a column that is there already is done before
 * the rebuild by SQLite's own RENAME COLUMN, which also rewrites triggers, views and foreign keys of other tables.
 */
export class ColumnMap {
  readonly #origins: Map<string, Origin>
  /** Names of the old table's columns once the renames have been made. */
  readonly #physical: Map<string, string>
  readonly #renames: { readonly column: string; readonly to: string }[] = []
  #converts = false

  constructor(table: TableModel) {
    this.#origins = new Map(table.columns.map(({ name }) => [name, { column: name }]))
    this.#physical = new Map(table.columns.map(({ name }) => [name, name]))
  }

  get renames(): readonly { readonly column: string; readonly to: string }[] {
    return this.#renames
  }

  /** Takes one change in; false where it cannot be made together with those before. */
  take({ operation, after }: OperationInContext): boolean {
    if (operation.kind === 'addColumn') {
      const column = findColumn(tableOf(after, operation.table), operation.column.name) ?? operation.column
      this.#origins.set(column.name, { added: defaultOf(column) })
    }
    if (operation.kind === 'dropColumn') this.#origins.delete(operation.column)
    if (operation.kind === 'alterColumn' && operation.using !== undefined) {
      this.#converts = true
      this.#origins.set(operation.column, { using: sqliteText(operation.using) })
    }
    return operation.kind === 'renameColumn' ? this.#rename(operation.column, operation.to) : true
  }

  #rename(column: string, to: string): boolean {
    // An expression of the author says the names that it was written with.
    if (this.#converts) return false
    const origin = this.#origins.get(column)
    if (origin?.column !== undefined) {
      const physical = this.#physical.get(origin.column) ?? origin.column
      const taken = [...this.#physical.values()].some((name) => name !== physical && sameName(name, to))
      if (taken) return false
      this.#renames.push({ column: physical, to })
      this.#physical.set(origin.column, to)
    }
    this.#origins.delete(column)
    this.#origins.set(to, origin ?? {})
    return true
  }

  /**
   * What is copied: generated columns compute themselves, added ones take their default. Where that has changed since, the rows
   * have the one that the column was added with.
   */
  copied(after: TableModel): readonly CopiedColumn[] {
    return after.columns.flatMap((column): CopiedColumn[] => {
      const origin = this.#origins.get(column.name)
      if (column.generated !== undefined || origin === undefined) return []
      if (origin.using !== undefined) return [{ column, source: enclosed(origin.using).text }]
      if (origin.added !== undefined) {
        return origin.added === defaultOf(column) ? [] : [{ column, source: origin.added }]
      }
      if (origin.column === undefined) return []
      const physical = this.#physical.get(origin.column) ?? origin.column
      return [{ column, source: quote.identifier(physical).text }]
    })
  }
}
