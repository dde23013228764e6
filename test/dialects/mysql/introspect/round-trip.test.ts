import { type TableModel, tableDifferences } from '@org/migrate-core/dialect'
import { expect, it } from 'vitest'
import { tables } from '../../../../packages/schema/src/tables/all.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { live } from '../compile/kit.ts'

describeOnEach(['mysql', 'mariadb'], 'what is declared is what is read back', (createDatabase) => {
  it('for every table of Open WebUI', async () => {
    const { run, introspect, dialect } = await live(await createDatabase())
    const { normalise } = dialect.model
    for (const { model } of [tables.folder, ...Object.values(tables).filter((table) => table !== tables.folder)]) {
      const { statements } = await run(['folder'], { kind: 'createTable', table: model })
      const sql = statements.map((each) => each.sql)
      const introspected = (await introspect(model.ref.name)).tables.get(model.ref.name)
      expect(introspected, sql.join('\n')).toBeDefined()
      expect(tableDifferences(normalise(model), normalise(introspected as TableModel)), sql.join('\n')).toEqual([])
      const all = (await introspect()).tables.get(model.ref.name)
      expect(tableDifferences(normalise(model), normalise(all as TableModel))).toEqual([])
    }
  })
})
