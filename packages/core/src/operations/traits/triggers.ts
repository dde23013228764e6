import { put, refText, tableKey, triggerKey, without } from '../../model/edit.ts'
import type { OperationTable } from '../operation.ts'
import { part, tableFootprint } from './footprints.ts'
import { checkName, exists, invalid, irreversible, missing, tableFirst } from './objects.ts'

export const triggerTraits: Pick<OperationTable, 'createTrigger' | 'dropTrigger'> = {
  createTrigger: {
    apply(before, operation) {
      const { trigger, ifNotExists } = operation
      const key = triggerKey(trigger.table, trigger.name)
      if (before.triggers.has(key)) {
        if (ifNotExists) return before
        throw exists(`trigger ${trigger.name} of ${refText(trigger.table)}`)
      }
      checkName(trigger.name, 'trigger')
      // A view may have triggers too (INSTEAD OF).
      const owner = tableKey(trigger.table)
      if (!before.tables.has(owner) && !before.views.has(owner))
        throw missing(`table ${refText(trigger.table)}`, tableFirst(trigger.table, trigger.name))
      if (trigger.definition.trim() === '')
        throw invalid(triggerTraits.createTrigger.describe(operation), 'its text is empty')
      return put(before, 'triggers', key, trigger)
    },
    invert: (before, { trigger, ifNotExists }) =>
      ifNotExists && before.triggers.has(triggerKey(trigger.table, trigger.name))
        ? []
        : [{ kind: 'dropTrigger', table: trigger.table, trigger: trigger.name }],
    touches: ({ trigger }) => [`${tableFootprint(trigger.table)}/trigger:${part(trigger.name)}`],
    describe: ({ trigger }) => `create trigger ${trigger.name} on ${refText(trigger.table)}`,
  },

  dropTrigger: {
    apply(before, { table, trigger, ifExists }) {
      const key = triggerKey(table, trigger)
      if (!before.triggers.has(key)) {
        if (ifExists) return before
        const owner = tableKey(table)
        const hasOwner = before.tables.has(owner) || before.views.has(owner)
        throw missing(`trigger ${trigger} of ${refText(table)}`, hasOwner ? undefined : tableFirst(table, trigger))
      }
      return without(before, 'triggers', key)
    },
    invert(before, { table, trigger: name, ifExists }) {
      const trigger = before.triggers.get(triggerKey(table, name))
      if (trigger !== undefined) return [{ kind: 'createTrigger', trigger }]
      return ifExists ? [] : irreversible(`the schema before has no trigger ${name} of ${refText(table)}`)
    },
    touches: ({ table, trigger }) => [`${tableFootprint(table)}/trigger:${part(trigger)}`],
    describe: ({ table, trigger }) => `drop trigger ${trigger} of ${refText(table)}`,
  },
}
