import type { OptionDeclaration } from '../../command-line/declaration.ts'
import { declared } from '../../command-line/declaration.ts'
import type { NewRevisionSettings } from '../../new-files/make-revision.ts'
import type { RevisionSettings } from '../revision.ts'
import type { SquashSettings } from '../squash/squash.ts'

const label: OptionDeclaration = {
  flags: '--branch-label <label>',
  description: 'a name for the branch that begins here',
  default: 'none',
  repeatable: true,
}
const id: OptionDeclaration = { flags: '--rev-id <id>', description: 'its id', default: 'twelve random hex digits' }

/** What the differences between schemas don't tell, answered by flags. */
export const answerOptions: readonly OptionDeclaration[] = [
  {
    flags: '--rename <old:new>',
    description: 'what got another name: accounts:users, users.mail:email, mood.sad:unhappy',
    default: 'on a terminal you choose, else a possible rename is refused',
    repeatable: true,
  },
  {
    flags: '--dropped <name>',
    description: 'what is gone for good, and was not renamed',
    default: 'none',
    repeatable: true,
  },
  { flags: '--no-renames', description: 'nothing was renamed', default: 'on a terminal you choose' },
  {
    flags: '--fill <name=sql>',
    description:
      "the value for rows that are there: users.locale='en', or users.mood.sad='unhappy' for a value that goes (mood.sad of a PostgreSQL enum)",
    default: "the configuration's `autogenerate.fill`",
    repeatable: true,
  },
  { flags: '--allow-destructive', description: 'write also what loses data' },
]

/** The commands that make or change the files of revisions. */
export const writing = [
  declared<RevisionSettings>({
    name: 'revision',
    summary: 'make the file of a new revision',
    options: [
      { flags: '-m, --message <text>', description: 'what it is for, in a few words', default: 'none' },
      {
        flags: '--head <revision>',
        description: 'what it follows: a head, label@head, heads to join them, base for a new root',
        default: 'head',
      },
      { flags: '--splice', description: 'follow what is no head: a new branch' },
      label,
      {
        flags: '--version-path <folder>',
        description: 'one of the configured folders',
        default: 'the only one, or where its parent lies',
      },
      id,
      {
        flags: '--depends-on <revision>',
        description: 'a revision or label that has to be applied before it',
        default: 'none',
        repeatable: true,
      },
      { flags: '--sql-file', description: 'in SQL: a folder with up.sql and down.sql' },
      { flags: '--autogenerate', description: 'write what brings the database to the declared schema' },
      {
        flags: '--amend',
        description: 'take the last revision back, generate it again with the new changes, and apply it',
      },
      {
        flags: '--from <side>',
        description: 'what the schema is compared with: the database, or a replay of all revisions',
        default: 'database',
        choices: ['database', 'replay'],
      },
      {
        flags: '--no-database',
        description: 'connect to nothing: compare with a replay',
        default: 'the server is used',
      },
      ...answerOptions,
      {
        flags: '--explicit-downgrade',
        description: 'write the downgrade into the file',
        default: 'only where it cannot be derived',
      },
      { flags: '--dry-run', description: 'show the changes and their SQL, and make no file' },
      { flags: '--empty', description: 'make a file also where nothing differs' },
    ],
    examples: [
      {
        line: 'migrate revision --autogenerate -m "what changed"',
        description: 'what the declared schema has and the database has not',
      },
      { line: 'migrate revision --autogenerate --dry-run', description: 'only show it' },
      { line: 'migrate revision --amend', description: 'the last revision, while only this database has it' },
      { line: 'migrate revision -m widgets', description: 'behind the head' },
      { line: 'migrate revision --sql-file -m widgets', description: 'the same in SQL' },
      { line: 'migrate revision --head base --branch-label billing -m invoices', description: 'a root of its own' },
      { line: 'migrate revision --head a1 --splice --rev-id c1', description: 'a branch beside what follows a1' },
    ],
    running: ({ amend }) => amend === true,
    work: async (context, _args, options) => (await import('../revision.ts')).revision(context, options),
  }),
  declared<NewRevisionSettings>({
    name: 'merge',
    summary: 'make a revision that joins heads',
    arguments: [{ name: '<revisions...>', description: 'the heads to join, or heads for all of them' }],
    options: [
      { flags: '-m, --message <text>', description: 'what it is for', default: 'merge … and …' },
      label,
      id,
      { flags: '--splice', description: 'also join what is no head' },
    ],
    examples: [
      { line: 'migrate merge heads', description: 'all of them' },
      { line: 'migrate merge b1 c1 -m both', description: 'these two' },
    ],
    work: async (context, args, options) => (await import('../merge.ts')).merge(context, args, options),
  }),
  declared<SquashSettings>({
    name: 'squash',
    running: true,
    summary: 'write one revision that replaces a range, or remove the files that it replaces',
    arguments: [{ name: '[range]', description: 'from:to, both ends included; with --prune a squashed revision' }],
    options: [
      { flags: '-m, --message <text>', description: 'what it is for', default: 'squash … to …' },
      id,
      {
        flags: '--keep <step>',
        description: 'a data step that an empty database needs, too: revision/label, its label, or all',
        default: 'on a terminal you choose, else refused',
        repeatable: true,
      },
      {
        flags: '--only-old-rows <step>',
        description: 'a data step that only changes rows which were there before, and is left out',
        default: 'on a terminal you choose, else refused',
        repeatable: true,
      },
      {
        flags: '--on <url>',
        description: 'a server of another dialect for the proof; with --prune a database whose history is read',
        default: 'the database of the project',
        repeatable: true,
      },
      {
        flags: '--prune',
        description:
          'remove the replaced files where no database of the configuration, and none of --on, is inside the range',
      },
    ],
    examples: [
      { line: 'migrate squash base:b1', description: 'everything up to b1' },
      { line: 'migrate squash --prune', description: 'later, when every database is past it' },
    ],
    work: async (context, [range], options) => (await import('../squash/squash.ts')).squash(context, range, options),
  }),
  declared<{ onto: string }>({
    name: 'rebase',
    summary: 'put a revision that is not applied yet, and all that follow it, behind another head',
    arguments: [{ name: '<revision>', description: 'the first one of the line to move' }],
    options: [
      {
        flags: '--onto <head>',
        description: 'its new parent; head: the one outside of that line',
        default: 'none, it must be given',
        required: true,
      },
    ],
    examples: [
      { line: 'migrate rebase c1 --onto b1', description: 'c1 revises b1' },
      { line: 'migrate rebase c1 --onto head', description: 'the same where there is one other head' },
    ],
    work: async (context, [target = ''], options) => (await import('../rebase.ts')).rebase(context, target, options),
  }),
  declared({
    name: 'edit',
    summary: 'open the file of a revision in $VISUAL or $EDITOR',
    arguments: [{ name: '<revision>', description: 'a revision, head, heads, current' }],
    examples: [
      { line: 'migrate edit head', description: 'the latest' },
      { line: 'migrate edit current', description: 'the one that the database is at' },
    ],
    work: async (context, [target = '']) => (await import('../edit.ts')).edit(context, target),
  }),
]
