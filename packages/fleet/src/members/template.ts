import type { SnapshotLoader } from '@org/migrate-autogenerate'
import { isMigrateError, type Migrator } from '@org/migrate-core'
import { checksum, type UnloadedDialect } from '@org/migrate-core/dialect'
import { readTemplate, type TemplateRecord, writeTemplate } from '../state/templates.ts'
import type { FleetMember } from './member.ts'

/** What became of a member that was to come from the template. */
type TemplateOutcome =
  /** `tier:revision` of those that were recorded. */
  | { readonly loaded: readonly string[] }
  /** Why its revisions have to run. */
  | { readonly withoutTemplate: string }

/** One more with each reason that `makeTemplate` gets: a template that was recorded before it may lack something. */
const rules = '2'

/** Loads empty members from a template, which is made once for the same revisions on the same kind of server. */
export class MemberTemplates {
  readonly #state: UnloadedDialect | undefined
  readonly #release: () => Promise<string>
  readonly #templates = new Map<string, Promise<SnapshotLoader | TemplateRecord>>()

  constructor(state: UnloadedDialect | undefined, release: () => Promise<string>) {
    this.#state = state
    this.#release = release
  }

  /**
   * Undefined: the member is not empty, and was left as it is. Throws what else `loadSnapshot` throws.
   *
   * @param server as its server speaks it
   */
  async load(
    { schema }: FleetMember,
    migrator: Migrator,
    server: UnloadedDialect,
    signal: AbortSignal,
  ): Promise<TemplateOutcome | undefined> {
    const kind = [rules, server.name, server.variant ?? '', schema === undefined ? 'database' : 'schema']
    const id = `${await this.#release()} ${checksum(kind)}`
    const template = await this.#templateFor(id, migrator)
    if (typeof template !== 'function')
      return { withoutTemplate: `a template does not hold ${template.missing.join('; ')}` }
    try {
      const { stamped } = await template(migrator, { signal })
      return { loaded: stamped }
    } catch (error) {
      if (!isMigrateError(error, 'DATABASE_PROTECTED')) throw error
      return undefined
    }
  }

  /** What loads it, or the record of one that may hold nothing. */
  async #templateFor(id: string, migrator: Migrator): Promise<SnapshotLoader | TemplateRecord> {
    const template = this.#templates.get(id) ?? this.#prepare(id, migrator)
    this.#templates.set(id, template)
    // What failed may be gone at the next call.
    template.catch(() => this.#templates.delete(id))
    return template
  }

  /** What is recorded may be of other operations than these revisions record now, where they take them from other files. */
  async #prepare(id: string, migrator: Migrator): Promise<SnapshotLoader | TemplateRecord> {
    const known = this.#state === undefined ? undefined : await readTemplate(this.#state, id)
    const recorded = known && (await this.#loaderOf(known, migrator).catch(unlessStale))
    return recorded ?? this.#loaderOf(await this.#make(id, migrator), migrator)
  }

  async #loaderOf(record: TemplateRecord, migrator: Migrator): Promise<SnapshotLoader | TemplateRecord> {
    if (record.missing.length > 0) return record
    const { prepareSnapshot } = await import('@org/migrate-autogenerate')
    return prepareSnapshot(migrator, record.text, { file: 'the template' })
  }

  async #make(id: string, migrator: Migrator): Promise<TemplateRecord> {
    const state = this.#state
    const { makeTemplate } = await import('@org/migrate-autogenerate')
    try {
      const template = { id, ...(await makeTemplate(migrator)) }
      if (state !== undefined) await writeTemplate(state, template)
      return template
    } catch (error) {
      // A right may be missing, or a table that all members share, and be given later: this is not recorded. What is wrong with the revisions
      // themselves, running them reports.
      if (!isMigrateError(error) || error.code === 'ABORTED') throw error
      return { id, text: '', missing: [`anything: ${error.message}`] }
    }
  }
}

/** Undefined for the refusal of a snapshot that is not of these revisions. */
function unlessStale(error: unknown): undefined {
  if (!isMigrateError(error, 'INVALID_OPTION')) throw error
}
