import type { ProjectFacts } from './recognise/recognise-project.ts'

/** A command to type next, and what it does. */
export interface NextCommand {
  readonly line: string
  readonly description: string
}

const generate: NextCommand = {
  line: 'migrate revision --autogenerate -m "first tables"',
  description: 'the revision of what the schema declares',
}
const upgrade: NextCommand = { line: 'migrate upgrade', description: 'apply it' }
const status: NextCommand = { line: 'migrate status', description: 'which revisions are applied' }

/** The three commands that come after `init`. */
export function nextCommands(facts: ProjectFacts, schema: readonly string[]): readonly NextCommand[] {
  const history = facts.tools.find(({ migrations }) => migrations !== undefined)
  if (history !== undefined) {
    return [
      { line: 'migrate adopt --dry-run', description: `what ${history.tool} has made` },
      { line: 'migrate adopt', description: 'take the database over, with a first revision' },
      schema.length > 0
        ? { line: 'migrate revision --autogenerate --dry-run', description: 'what the schema declares beyond it' }
        : { line: 'migrate pull --out src/schema.ts', description: 'declarations of what is there' },
    ]
  }
  if (schema.length > 0) return [generate, upgrade, status]
  return [
    { line: 'migrate revision -m "first tables"', description: 'an empty revision, to be written by hand' },
    upgrade,
    status,
  ]
}
