import { joinAtPlaceholders, splitAtPlaceholders } from '@org/migrate-core/connection'
import type { SqlValue } from '@org/migrate-core/dialect'
import { grammar } from '../../sql/classify.ts'
import { fromSql } from '../../types/types.ts'
import { inlined, withoutEnd } from './list-values.ts'
import { type ListDriver, ListRefusal } from './statement-list.ts'

const shaped: ReadonlySet<string> = new Set(['boolean', 'json', 'decimal'])
const probe = '"migrate_probe"'
const answered = /^bad JSON path: '(\[[\s\S]*\])'$/

/**
 * The declared types of what a query gives, which D1 does not tell: a view of the query knows them. It is made in a list that always
 * fails, with the types in the words of its error.
 */
async function probedTypes(driver: ListDriver, sql: string, params: readonly SqlValue[]): Promise<readonly string[]> {
  const query = joinAtPlaceholders(splitAtPlaceholders(withoutEnd(sql), grammar), (at) =>
    inlined(params[at - 1] ?? null),
  )
  const types = `(SELECT json_group_array(type) FROM pragma_table_info('migrate_probe'))`
  const statements = [`CREATE VIEW ${probe} AS ${query}`, `SELECT json_extract('{}', ${types})`]
  try {
    await driver.run(
      statements.map((text) => ({ sql: text, params: [] })),
      { repeatable: true },
    )
  } catch (error) {
    const [, list] = (error instanceof ListRefusal && answered.exec(error.message)) || []
    if (list !== undefined) return JSON.parse(list.replaceAll("''", "'")) as readonly string[]
    throw error
  }
  throw new Error('a list that always fails did not')
}

/** Which queries give values of a declared type that has another form than SQLite's own. */
export class DeclaredShapes {
  readonly #driver: ListDriver
  readonly #types = new Map<string, readonly string[]>()
  #isNeeded: boolean | undefined

  constructor(driver: ListDriver) {
    this.#driver = driver
  }

  /** After DDL. */
  forget(): void {
    this.#types.clear()
    this.#isNeeded = undefined
  }

  /** Empty where no table has such a column. */
  async typesOf(sql: string, params: readonly SqlValue[]): Promise<readonly string[]> {
    this.#isNeeded ??= await this.#hasShapes()
    if (!this.#isNeeded) return []
    const types = this.#types.get(sql) ?? (await probedTypes(this.#driver, sql, params))
    this.#types.set(sql, types)
    return types
  }

  async #hasShapes(): Promise<boolean> {
    const sql = `SELECT DISTINCT c.type FROM main.sqlite_master AS m, pragma_table_info(m.name) AS c
      WHERE m.type IN ('table', 'view') AND m.sql NOT LIKE 'CREATE VIRTUAL%' AND m.name NOT GLOB '_cf_*'`
    const [result] = await this.#driver.run([{ sql, params: [] }], { repeatable: true })
    return (result?.rows ?? []).some(([type]) => shaped.has(fromSql(String(type)).kind))
  }
}
