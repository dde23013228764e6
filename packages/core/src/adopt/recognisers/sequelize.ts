import { hasOnly, momentOf, ownTable, rowsOf, wordOf } from '../own-tables.ts'
import type { Recogniser } from '../recogniser.ts'

const shapes = [['name'], ['name', 'createdAt', 'updatedAt']]

/** Umzug's storage for Sequelize, and sequelize-cli, which keeps its seeds in a table of the same shape. */
export const sequelize: Recogniser = {
  tool: 'Sequelize/Umzug',
  tables: ['SequelizeMeta', 'SequelizeData'],
  async recognise(look) {
    const [table, seeds] = ['SequelizeMeta', 'SequelizeData'].map((name) => {
      const found = ownTable(look, name, ['name'])
      return found !== undefined && shapes.some((shape) => hasOnly(found, shape)) ? found : undefined
    })
    if (table === undefined) return undefined
    const rows = await rowsOf(look, table, 'name')
    return {
      tool: 'Sequelize/Umzug',
      tables: [table.ref, ...(seeds === undefined ? [] : [seeds.ref])],
      records: 'each',
      applied: rows.map((row) => ({ name: wordOf(row.name), ...momentOf(row.createdAt) })),
      problems: [],
    }
  },
}
