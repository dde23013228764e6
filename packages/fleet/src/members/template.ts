import { isMigrateError, type Migrator } from '@org/migrate-core'
import { checksum, type UnloadedDialect } from '@org/migrate-core/dialect'
import { contextOf } from '@org/migrate-core/internal'
import { readTemplate, type TemplateRecord, writeTemplate } from '../state/templates.ts'
import type { FleetMember } from './member.ts'

/** What became of a member that was to come from the template. */
export type TemplateOutcome =
  /** `tier:revision` of those that were recorded. */
  | { readonly loaded: readonly string[] }
  /** Why its revisions have to run. */
  | { readonly withoutTemplate: string }

/** Loads empty members from a template, which is made once for the same revisions on the same kind of server. */
export class MemberTemplates {
  readonly #state: UnloadedDialect | undefined
  readonly #release: () => Promise<string>
  readonly #templates = new Map<string, Promise<TemplateRecord>>()

  constructor(state: UnloadedDialect | undefined, release: () => Promise<string>) {
    this.#state = state
    this.#release = release
  }

  /** Throws what `loadSnapshot` throws, but for a member that is not empty any more: another call has made it. */
  async load({ schema }: FleetMember, migrator: Migrator): Promise<TemplateOutcome> {
    const { loadSnapshot } = await import('@org/migrate-autogenerate')
    const id = await this.#idFor(migrator, schema === undefined ? 'database' : 'schema')
    const { text, missing } = await this.#templateFor(id, migrator)
    if (missing.length > 0) return { withoutTemplate: `a template does not hold ${missing.join('; ')}` }
    try {
      const { stamped } = await loadSnapshot(migrator, text, { file: 'the template' })
      return { loaded: stamped }
    } catch (error) {
      if (!isMigrateError(error, 'DATABASE_PROTECTED')) throw error
      return { withoutTemplate: error.message }
    }
  }

  async #idFor(migrator: Migrator, kind: 'database' | 'schema'): Promise<string> {
    const release = await this.#release()
    return contextOf('create', migrator).withReadOnlySession(
      async (_, { dialect }) => `${release} ${checksum([dialect.name, dialect.variant ?? '', kind])}`,
    )
  }

  async #templateFor(id: string, migrator: Migrator): Promise<TemplateRecord> {
    const template = this.#templates.get(id) ?? this.#readOrMake(id, migrator)
    this.#templates.set(id, template)
    // What failed may be gone at the next call.
    template.catch(() => this.#templates.delete(id))
    return template
  }

  async #readOrMake(id: string, migrator: Migrator): Promise<TemplateRecord> {
    const state = this.#state
    const known = state === undefined ? undefined : await readTemplate(state, id)
    if (known !== undefined) return known
    const { makeTemplate } = await import('@org/migrate-autogenerate')
    try {
      const template = { id, ...(await makeTemplate(migrator)) }
      if (state !== undefined) await writeTemplate(state, template)
      return template
    } catch (error) {
      // A right that is missing may be given later: this is not recorded.
      if (!isMigrateError(error, 'SHADOW_REFUSED')) throw error
      return { id, text: '', missing: [`anything: ${error.message}`] }
    }
  }
}
