import { keyedByPrimaryKey } from './data/keyed-table.ts'
import { tables } from './tables/all.ts'

/**
 * The declared tables as they are on MySQL and MariaDB, where the unique index on `id` of the tables of the sequential tier is their
 * primary key: what `migrate check` and `migrate revision --autogenerate` compare such a database with.
 */
export const openWebuiSchema = Object.freeze(
  Object.values(tables).map((table) => Object.freeze({ ...table, model: keyedByPrimaryKey(table.model) })),
)
