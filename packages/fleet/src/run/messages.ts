import type { FleetResult } from '../fleet-types.ts'
import { lossKey, lossOfBoth } from '../rows-of-group.ts'
import type { MemberReport } from './take-member.ts'

type Messages = Pick<FleetResult, 'warnings' | 'losses' | 'reports'>

/** Different texts that are held: those of members may name them. */
const maxTexts = 100

/** Warnings, losses and reports of members, each once, with how many of them had it. */
export class MemberMessages {
  readonly #warnings = new Map<string, Messages['warnings'][number]>()
  readonly #losses = new Map<string, Messages['losses'][number]>()
  readonly #reports = new Map<string, Messages['reports'][number]>()

  add({ id, warnings, losses = [], reports = [] }: MemberReport): void {
    for (const text of warnings) {
      const known = this.#warnings.get(text)
      if (known !== undefined || this.#warnings.size < maxTexts)
        this.#warnings.set(text, { text, count: (known?.count ?? 0) + 1, first: known?.first ?? id })
    }
    const ofMember = new Set<string>()
    const membersOf = (key: string, known: { readonly members: number; readonly first: string } | undefined) => {
      const isNew = !ofMember.has(key)
      ofMember.add(key)
      return { members: (known?.members ?? 0) + (isNew ? 1 : 0), first: known?.first ?? id }
    }
    for (const loss of losses) {
      const { tier, revision, direction } = loss
      const key = JSON.stringify([tier, revision, direction, lossKey(loss)])
      const known = this.#losses.get(key)
      const both = known === undefined ? loss : { ...lossOfBoth(known, loss), tier, revision, direction }
      this.#losses.set(key, { ...both, ...membersOf(key, known) })
    }
    for (const { firstKeys: _, ...report } of reports) {
      const key = JSON.stringify([report.tier, report.revision, report.label, report.what])
      const known = this.#reports.get(key)
      if (known === undefined && this.#reports.size >= maxTexts) continue
      this.#reports.set(key, { ...report, count: report.count + (known?.count ?? 0), ...membersOf(key, known) })
    }
  }

  list(): Messages {
    return {
      warnings: [...this.#warnings.values()],
      losses: [...this.#losses.values()],
      reports: [...this.#reports.values()],
    }
  }
}
