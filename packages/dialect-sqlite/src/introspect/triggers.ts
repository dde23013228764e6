import type { TriggerModel } from '@org/migrate-core/dialect'
import { parseTrigger } from '../ddl/parse-view.ts'

/** A trigger from its CREATE text. `table` is the table's own spelling, where the caller knows it. */
export function readTrigger(source: string, table?: string): TriggerModel {
  const trigger = parseTrigger(source)
  return { name: trigger.name.name, table: { name: table ?? trigger.table.name }, definition: source }
}
