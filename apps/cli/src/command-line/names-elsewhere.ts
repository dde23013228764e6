/** What commands of other tools are called here: of Alembic, drizzle-kit, Prisma, Knex, Kysely, TypeORM, Rails, Laravel, Sequelize, Django, Flyway, Atlas, dbmate. */
export const namesElsewhere: ReadonlyMap<string, string> = new Map([
  ['apply', 'upgrade'],
  ['baseline', 'adopt'],
  ['clean', 'reset'],
  ['create', 'revision -m <message>'],
  ['deploy', 'upgrade'],
  ['down', 'downgrade -1'],
  ['drift', 'check'],
  ['fresh', 'reset` and `migrate upgrade'],
  ['generate', 'revision --autogenerate -m <message>'],
  ['info', 'status'],
  ['introspect', 'pull'],
  ['latest', 'upgrade'],
  ['lint', 'check'],
  ['list', 'history'],
  ['log', 'history'],
  ['make', 'revision -m <message>'],
  ['makemigrations', 'revision --autogenerate -m <message>'],
  ['migrate', 'upgrade'],
  ['migration', 'revision -m <message>'],
  ['new', 'revision -m <message>'],
  ['pending', 'status'],
  ['redo', 'downgrade -1` and `migrate upgrade +1'],
  ['resolve', 'resume` or `migrate stamp'],
  ['revert', 'downgrade -1'],
  ['rollback', 'downgrade -1'],
  ['refresh', 'reset` and `migrate upgrade'],
  ['repair', 'resume'],
  ['run', 'upgrade'],
  ['showmigrations', 'history'],
  ['sqlmigrate', 'plan'],
  ['sync', 'push'],
  ['undo', 'downgrade -1'],
  ['unlock', 'lock release'],
  ['up', 'upgrade'],
  ['update', 'upgrade'],
  ['validate', 'check'],
  ['verify', 'check'],
])

/** What other tools write before a command: `migrate:latest`, `db push`, `make:migration`. */
const groups = /^(?:db|database|make|migrations?|migrate|schema)[ :](.+)$/

/** The words of another tool's command, and what it is called here, where that is known; `names`: of the commands here. */
export function nameHere(
  [word = '', next]: readonly string[],
  names: readonly string[],
): { readonly command: string; readonly ours: string | undefined } {
  const both = next === undefined || word.includes(':') ? word : `${word} ${next}`
  const named = groups.exec(both)?.[1]
  const inGroup = named === undefined || names.includes(named) ? named : nameHere([named], names).ours
  if (inGroup !== undefined) return { command: both, ours: inGroup }
  return { command: word, ours: namesElsewhere.get(word) }
}

/** The text of a refused option: with what stands for other tools' `--dry-run` here, and the name that may be meant on the same line. */
export function withHint(problem: string): string {
  const isDryRun = /^unknown option '--(?:dry-?run|pretend|preview)'$/i.test(problem)
  if (isDryRun) return `${problem}: \`migrate plan\` shows what upgrade and downgrade would do`
  return problem.replace(/\n\(Did you mean (?:one of )?(.+)\?\)$/, ': did you mean $1?')
}
