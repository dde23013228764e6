import type { FleetEvent } from '@org/migrate-fleet'
import { type JunitCase, junit } from '../reporters/junit.ts'

/** The outcome of each member as a test case. */
export function memberCases(): { add(event: FleetEvent): void; text(command: string): string } {
  const cases: JunitCase[] = []
  return {
    add(event) {
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
