import type { SchemaModel } from '../model/schema-model.ts'

/** The tables that the steps of a run name, in their current state. */
export class LiveModel {
  /** Undefined after SQL of an author and after a data step: either may have changed any table. */
  known: SchemaModel | undefined
  readonly #introspect: () => Promise<SchemaModel>

  constructor(known: SchemaModel | undefined, introspect: () => Promise<SchemaModel>) {
    this.known = known
    this.#introspect = introspect
  }

  /** Inspects the database where the tables are not known. */
  async read(): Promise<SchemaModel> {
    this.known ??= await this.#introspect()
    return this.known
  }
}
