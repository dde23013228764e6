import type { FleetEvent, FleetMemberSource, FleetResult } from '@org/migrate-fleet'
import { type JunitCase, junit } from '../reporters/junit.ts'

interface MemberCases {
  add(event: FleetEvent): void
  /** Adds the members that the run did not take. */
  addLeft(result: FleetResult, members: FleetMemberSource): Promise<void>
  text(command: string): string
}

const whyLeft: { readonly [S in NonNullable<FleetResult['stopped']>]: string } = {
  failures: 'the run stopped before it: too many members failed',
  signal: 'the run was stopped before it',
  gate: 'the run stopped before it, at a gate',
}

/** The outcome of each member as a test case. */
export function memberCases(): MemberCases {
  const cases: JunitCase[] = []
  const taken = new Set<string>()
  return {
    async addLeft({ left, stopped }, members) {
      if (left === 0) return
      const skipped = stopped === undefined ? 'no stage takes it' : whyLeft[stopped]
      for await (const { id } of typeof members === 'function' ? await members() : members)
        if (!taken.has(id)) cases.push({ classname: 'not taken', name: id, seconds: 0, failures: [], skipped })
    },
    add(event) {
      if (event.type === 'memberFinished') taken.add(event.id)
      if (event.type === 'memberFailed') taken.add(event.failure.id)
      if (event.type === 'memberFinished') {
        const { stage, id, ms } = event
        cases.push({ classname: stage, name: id, seconds: ms / 1000, failures: [] })
      }
      if (event.type === 'memberFailed') {
        const { stage, ms, failure } = event
        const { id, code, message, remedy, reach } = failure
        const failures = [
          { kind: code, what: message, body: [remedy, reach].filter((text) => text !== undefined).join(' ') },
        ]
        cases.push({ classname: stage, name: id, seconds: ms / 1000, failures })
      }
      if (event.type === 'gateChecked' && !event.isOpen)
        cases.push({ classname: event.stage, name: 'gate', seconds: 0, failures: [], skipped: event.why ?? '' })
    },
    text: (command) => junit(command, 'fleet', cases),
  }
}
