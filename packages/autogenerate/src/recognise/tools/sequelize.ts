import { hasOnly, ownTable, rowsOf, textOf, timestampOf } from '../own-tables.ts'
import type { Recogniser } from '../recogniser.ts'

const shapes = [['name'], ['name', 'createdAt', 'updatedAt']]

/** Umzug's storage for Sequelize, and sequelize-cli, which keeps its seeds in a table of the same shape. */
export const sequelize: Recogniser = {
  tool: 'Sequelize/Umzug',
  tables: ['SequelizeMeta', 'SequelizeData'],
  async recognise(inspection) {
    const [table, seeds] = ['SequelizeMeta', 'SequelizeData'].map((name) => {
      const candidate = ownTable(inspection, name, ['name'])
      return candidate !== undefined && shapes.some((shape) => hasOnly(candidate, shape)) ? candidate : undefined
    })
    if (table === undefined) return undefined
    const rows = await rowsOf(inspection, table, 'name')
    return {
      tool: 'Sequelize/Umzug',
      tables: [table.ref, ...(seeds === undefined ? [] : [seeds.ref])],
      records: 'each',
      applied: rows.map((row) => ({ name: textOf(row.name), ...timestampOf(row.createdAt) })),
      problems: [],
    }
  },
}
