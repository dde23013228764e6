import { declared } from '../../command-line/declaration.ts'
import { everyTier, noTier, plannedTiers } from '../../command-line/tier-refusals.ts'
import type { CheckSettings } from '../check/check.ts'
import type { DevSettings } from '../development/dev.ts'
import type { PushSettings } from '../development/push.ts'
import type { ResetSettings } from '../development/reset.ts'
import type { DiffSettings } from '../diff.ts'
import type { DowngradeSettings } from '../downgrade.ts'
import type { PlanSettings } from '../plan.ts'
import type { TestSettings } from '../test/test.ts'
import type { UpgradeSettings } from '../upgrade.ts'
import { planOptions, sqlOptions } from './sql-options.ts'
import { answerOptions } from './writing.ts'

export const daily = [
  declared<UpgradeSettings>({
    name: 'upgrade',
    summary: 'apply revisions up to a target',
    arguments: [
      {
        name: '[target]',
        description: 'a revision, head, heads, label@head, +2, …; with --sql from:to',
        default: 'everything, where it leads to one head',
      },
    ],
    options: [
      {
        flags: '--backup <file>',
        description: 'copy the database there, and prove the copy, before the first change',
        default: 'no copy',
      },
      {
        flags: '--plan <file>',
        description: 'run exactly the plan that `migrate plan --out` wrote, or nothing',
        default: 'what is pending is planned now',
      },
      { flags: '--report <file>', description: 'write a page about the run there, as HTML', default: 'no page' },
      ...sqlOptions,
    ],
    refusesTier: plannedTiers,
    examples: [
      { line: 'migrate upgrade', description: 'everything that is pending' },
      { line: 'migrate upgrade +1', description: 'the next revision only' },
      { line: 'migrate upgrade head --backup before.db', description: 'with a proven copy of the database first' },
      { line: 'migrate upgrade --plan plan.json', description: 'what was reviewed, or an error' },
      { line: 'migrate upgrade --report run.html', description: 'and a page about what ran' },
      {
        line: 'migrate upgrade a1:head --sql --out up.sql',
        description: 'for a database that is at a1; none is opened',
      },
    ],
    running: true,
    work: async (context, [target], options) => (await import('../upgrade.ts')).upgrade(context, target, options),
  }),
  declared<DowngradeSettings>({
    name: 'downgrade',
    summary: 'revert revisions down to a target',
    arguments: [
      {
        name: '[target]',
        description: 'a revision, base, -1, …; with --sql from:to',
        default: 'none: it is named, or --plan has it',
      },
    ],
    options: [
      {
        flags: '--last-run',
        description: 'take back what the last run applied, and nothing else',
        default: 'a target, or a plan',
      },
      {
        flags: '--plan <file>',
        description: 'run exactly the plan that `migrate plan <target> --out` wrote, or nothing',
        default: 'what leads to the target is planned now',
      },
      ...sqlOptions,
    ],
    refusesTier: plannedTiers,
    examples: [
      { line: 'migrate downgrade -1', description: 'the last revision' },
      { line: 'migrate downgrade --last-run', description: 'all that the last upgrade applied' },
      { line: 'migrate downgrade base', description: 'all of them; values are preserved where that is possible' },
      { line: 'migrate downgrade head:a1 --sql', description: 'as SQL, which stops where a value would be lost' },
    ],
    running: true,
    work: async (context, [target], options) => (await import('../downgrade.ts')).downgrade(context, target, options),
  }),
  declared<PlanSettings>({
    name: 'plan',
    summary: 'what would run, with its SQL; changes nothing',
    arguments: [{ name: '[target]', description: 'as for upgrade and downgrade', default: 'as for upgrade' }],
    options: [
      { flags: '--last-run', description: 'what `downgrade --last-run` would do', default: 'as the target says' },
      ...planOptions,
    ],
    refusesTier: plannedTiers,
    examples: [
      { line: 'migrate plan', description: 'what upgrade would do' },
      { line: 'migrate plan --out plan.json', description: 'to be reviewed, and run with `upgrade --plan`' },
      { line: 'migrate plan --last-run', description: 'what would be taken back of the last upgrade' },
      { line: 'migrate plan base', description: 'what downgrade base would do, preserve and lose' },
      {
        line: 'migrate plan head --sql',
        description: 'as a script for its server, from the revisions that it is at',
      },
    ],
    work: async (context, [target], options) => (await import('../plan.ts')).plan(context, target, options),
  }),
  declared<DevSettings>({
    name: 'dev',
    summary: 'apply what is pending, write and apply the revision of what the schema declares, seed an empty database',
    options: [
      {
        flags: '-m, --message <text>',
        description: 'what the revision is for, in a few words',
        default: 'its first change; a terminal prompts for it',
      },
      ...answerOptions,
      { flags: '--watch', description: 'again each time that a file of the schema changes, until Ctrl-C' },
    ],
    examples: [
      { line: 'migrate dev', description: 'after each change of the schema' },
      { line: 'migrate dev -m "accounts get a phone"', description: 'without a prompt for the name' },
    ],
    running: true,
    work: async (context, _args, options) => (await import('../development/dev.ts')).dev(context, options),
  }),
  declared<PushSettings>({
    name: 'push',
    summary: 'bring a prototype database to the declared schema, without a revision',
    options: [...answerOptions, { flags: '--dry-run', description: 'show the changes with their SQL, and make none' }],
    refusesTier: everyTier,
    examples: [
      { line: 'migrate push --dry-run', description: 'what would change' },
      { line: 'migrate push', description: 'while the schema is being tried out' },
      { line: 'migrate push --allow-destructive', description: 'also what is no longer declared goes, with its rows' },
    ],
    running: true,
    work: async (context, _args, options) => (await import('../development/push.ts')).push(context, options),
  }),
  declared<ResetSettings>({
    name: 'reset',
    summary: 'drop what the revisions made, upgrade and seed: for databases of development',
    options: [
      { flags: '--everything', description: 'drop also tables, views and types that no revision made' },
      {
        flags: '--confirm <name>',
        description: 'the name of the database: the name of its file, or the last part of its URL',
        default: 'typed on a terminal, else refused',
      },
    ],
    examples: [
      { line: 'migrate reset --confirm app.db', description: 'a file; other programs keep their tables' },
      { line: 'migrate reset --everything --confirm app.db', description: 'their tables go too' },
    ],
    running: true,
    work: async (context, _args, options) => (await import('../development/reset.ts')).reset(context, options),
  }),
  declared({
    name: 'seed',
    summary: 'write the rows of development that `seed` in the configuration names',
    refusesTier: everyTier,
    examples: [
      { line: 'migrate seed', description: 'each in a transaction of its own; again where the rows are there' },
      { line: 'migrate seed --json', description: 'for programs' },
    ],
    running: true,
    work: async (context) => (await import('../development/seed.ts')).seed(context),
  }),
  declared<{ exitCode?: true }>({
    name: 'status',
    summary: 'which revisions are applied, and which are pending',
    options: [{ flags: '--exit-code', description: 'exit with 3 where there is something to do' }],
    refusesTier: everyTier,
    examples: [
      { line: 'migrate status', description: 'one screen' },
      { line: 'migrate status --exit-code --quiet', description: 'for a script that asks whether to migrate' },
    ],
    work: async (context, _args, options) => (await import('../status.ts')).status(context, options),
  }),
  declared<DiffSettings>({
    name: 'diff',
    summary: 'what leads from one database to another, with its SQL; nothing is written',
    arguments: [
      { name: '<from>', description: 'the URL of a database' },
      { name: '<to>', description: 'the URL of another one of the same kind' },
    ],
    options: [{ flags: '--exit-code', description: 'exit with 3 where they differ' }],
    refusesTier: noTier,
    examples: [
      { line: 'migrate diff sqlite:app.db sqlite:other.db', description: 'two files' },
      { line: 'migrate diff sqlite:app.db sqlite:other.db --exit-code --json', description: 'for a script' },
    ],
    work: async (context, args, options) => (await import('../diff.ts')).diff(context, args, options),
  }),
  declared<CheckSettings>({
    name: 'check',
    summary: 'whether files and database belong together; exits with 3 where something is to be done',
    options: [
      { flags: '--no-database', description: 'check the files only', default: 'the database is checked too' },
      {
        flags: '--data',
        description: 'read every row, and name those that the declared types of their columns cannot read',
        default: 'no rows are read',
      },
      {
        flags: '--edits <kind>',
        description:
          'which edit of an applied file is a problem: of its text, of what its functions may do, of its operations',
        default: "the configuration's `check.edits`, else functions",
        choices: ['text', 'functions', 'operations'],
      },
      {
        flags: '--branches [revisions...]',
        description: 'whether these branches touch the same things since they parted; none named: all heads',
        default: 'not checked',
      },
      {
        flags: '--from <side>',
        description: 'what the declared schema is compared with: the database, or a replay of all revisions',
        default: 'database',
        choices: ['database', 'replay'],
      },
      {
        flags: '--ci',
        description:
          'what a pull request has to pass: the files, the base branch, and its new revisions tried on a shadow database',
        default: 'no branch is compared',
      },
      {
        flags: '--base <branch>',
        description: 'with --ci: the branch that the change goes into, as git names it',
        default: 'what GitHub or GitLab says, else origin/HEAD',
      },
      {
        flags: '--out <files...>',
        description: 'with --ci: write the findings there as well: .sarif, .xml (JUnit), .md (for a comment)',
        default: 'not written',
      },
      {
        flags: '--comment',
        description:
          'with --ci: write them as a comment of the pull request on GitHub or GitLab, in place of the last one',
        default: 'no comment',
      },
    ],
    refusesTier: ({ branches, ci }) => (branches === undefined && !ci ? everyTier : undefined),
    examples: [
      { line: 'migrate check', description: 'at the head, as declared, as the revisions made it, unedited' },
      { line: 'migrate check --data', description: 'rows that a query of the application could not read' },
      { line: 'migrate check --no-database', description: 'where there is no database, as in a review' },
      { line: 'migrate check --branches', description: 'before two branches are merged' },
      { line: 'migrate check --ci --out migrate.md migrate.sarif', description: 'in a pull request' },
    ],
    running: true,
    work: async (context, _args, options) => (await import('../check/check.ts')).check(context, options),
  }),
  declared<TestSettings>({
    name: 'test',
    summary: 'try revisions up, down and up again on a shadow database; exits with 3 where something is wrong',
    arguments: [
      {
        name: '[revisions...]',
        description: 'which ones: targets, or ranges such as a1:head; what they need is only upgraded',
        default: 'those that are pending',
      },
    ],
    options: [
      {
        flags: '--applied',
        description: 'every revision, those that are applied too',
        default: 'those that are named',
      },
      { flags: '--junit <file>', description: 'write the report there as CI servers read it', default: 'not written' },
      {
        flags: '--on-copy <url>',
        description: 'run the pending plan on a copy of that database, and compare what the plan does not name',
        default: 'on an empty database',
      },
    ],
    refusesTier: (_, revisions) => (revisions.length === 0 ? everyTier : undefined),
    examples: [
      { line: 'migrate test', description: 'what is pending, with rows of the revisions or generated ones' },
      { line: 'migrate test --applied --junit report.xml', description: 'every revision, for CI' },
      { line: 'migrate test --on-copy "$STAGING_URL"', description: 'what is pending there, with its rows' },
    ],
    running: true,
    work: async (context, revisions, options) => (await import('../test/test.ts')).test(context, revisions, options),
  }),
]
