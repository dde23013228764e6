/** What commands of other tools are called here: of Alembic, drizzle-kit, Prisma, Knex, Kysely, TypeORM, Rails, Laravel, Django, Flyway, Atlas, dbmate. */
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
  ['undo', 'downgrade -1'],
  ['unlock', 'lock release'],
  ['up', 'upgrade'],
  ['validate', 'check'],
  ['verify', 'check'],
])

/** The text of a refused option with what stands for it here: of other tools' `--dry-run`. */
export function withHint(problem: string): string {
  const isDryRun = /^unknown option '--(?:dry-?run|pretend|preview)'$/i.test(problem)
  return isDryRun ? `${problem}: \`migrate plan\` shows what upgrade and downgrade would do` : problem
}
