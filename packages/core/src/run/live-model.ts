import type { SchemaModel } from '../model/schema-model.ts'

/** The tables that the steps of a run name, in their current state. */
export interface LiveModel {
  /** Undefined after SQL of an author and after a data step: either may have changed any table. */
  readonly known: SchemaModel | undefined
  /** Inspects the database where the tables are not known. */
  read(): Promise<SchemaModel>
  set(model: SchemaModel | undefined): void
}

export function liveModel(known: SchemaModel | undefined, introspect: () => Promise<SchemaModel>): LiveModel {
  let current = known
  return {
    get known() {
      return current
    },
    async read() {
      current ??= await introspect()
      return current
    },
    set(model) {
      current = model
    },
  }
}
