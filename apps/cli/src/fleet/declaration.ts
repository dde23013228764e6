import { declared } from '../command-line/declaration.ts'
import { fleetTiers } from '../command-line/tier-refusals.ts'
import type { FleetRunSettings } from './commands.ts'

const target = {
  name: '[target]',
  description: 'a revision, head, heads, label@head, …; none that counts from where a member is, as +1',
  default: 'everything, where it leads to one head',
}

const runOptions = [
  {
    flags: '--junit <file>',
    description: 'write the outcome of each member there as CI servers read it',
    default: 'not written',
  },
  {
    flags: '--open-gate <stage>',
    description: 'continue at a stage whose gate is closed',
    default: 'none',
    repeatable: true,
  },
] as const

export const fleet = declared({
  name: 'fleet',
  summary: 'many databases with one history: schemas, databases or files, as `fleet` of the configuration lists them',
  examples: [
    { line: 'migrate fleet', description: 'where the members are' },
    { line: 'migrate fleet upgrade', description: 'migrate all of them' },
  ],
  subcommands: [
    declared<{ exitCode?: true; drift?: true }>({
      name: 'status',
      refusesTier: fleetTiers,
      summary: 'how many members are at which revision, and which cannot be read',
      options: [
        {
          flags: '--exit-code',
          description:
            'exit with 3 unless every member is at the head; with --drift, unless each was compared and none differs',
        },
        {
          flags: '--drift',
          description: 'read the schema of each member, and name those that differ from their revisions',
        },
      ],
      examples: [
        { line: 'migrate fleet status', description: 'by state, the largest group first' },
        { line: 'migrate fleet status --json', description: 'for programs' },
      ],
      work: async (context, _args, options) => (await import('./commands.ts')).fleetStatus(context, options),
    }),
    declared({
      name: 'plan',
      summary: 'what would run: each plan once, with the members that it is for',
      arguments: [target],
      examples: [
        { line: 'migrate fleet plan', description: 'up to the head' },
        {
          line: 'migrate fleet plan a1',
          description: 'what `fleet downgrade a1` reverts, and what `fleet upgrade a1` applies',
        },
        { line: 'migrate fleet plan --json', description: 'for programs' },
      ],
      work: async (context, [to]) => (await import('./commands.ts')).fleetPlan(context, to),
    }),
    declared<FleetRunSettings>({
      name: 'upgrade',
      summary: 'migrate the members in their stages; exits with 3 where some failed, and the next run tries them again',
      arguments: [target],
      examples: [
        { line: 'migrate fleet upgrade', description: 'every member that is behind' },
        { line: 'migrate fleet upgrade --json', description: 'with the failures for programs' },
      ],
      running: true,
      options: runOptions,
      work: async (context, [to], options) => (await import('./commands.ts')).fleetUpgrade(context, to, options),
    }),
    declared<FleetRunSettings>({
      name: 'downgrade',
      summary: 'revert the members in their stages',
      arguments: [
        {
          name: '<target>',
          description: 'a revision, its label, or base; none that counts from where a member is, as -1',
        },
      ],
      options: runOptions,
      examples: [
        { line: 'migrate fleet downgrade a1', description: 'every member back to that revision' },
        { line: 'migrate fleet downgrade base --json', description: 'everything, with each member for programs' },
      ],
      running: true,
      work: async (context, [to = ''], options) => (await import('./commands.ts')).fleetDowngrade(context, to, options),
    }),
    declared({
      name: 'check',
      refusesTier: fleetTiers,
      summary: 'whether files and members belong together; exits with 3 where a member differs',
      examples: [
        { line: 'migrate fleet check', description: 'each finding once, with the members that have it' },
        { line: 'migrate fleet check --json', description: 'for programs' },
      ],
      work: async (context) => (await import('./commands.ts')).fleetCheck(context),
    }),
    declared<{ once?: true }>({
      name: 'work',
      refusesTier: fleetTiers,
      summary: 'take jobs of `fleet.queue` on this machine, and migrate their members, until it is stopped',
      options: [{ flags: '--once', description: 'end when the run of these revisions has ended' }],
      examples: [
        { line: 'migrate fleet work', description: 'on each machine; `migrate fleet upgrade` sends the jobs' },
        { line: 'migrate fleet work --once', description: 'in a job of Kubernetes' },
      ],
      running: true,
      work: async (context, _args, options) => (await import('./work.ts')).fleetWork(context, options),
    }),
    declared({
      name: 'watch',
      refusesTier: fleetTiers,
      summary: 'follow the run that is on, from any machine; exits with 3 where it left members',
      examples: [
        { line: 'migrate fleet watch', description: 'progress, rate and time left of each stage' },
        { line: 'migrate fleet watch --json', description: 'for programs' },
      ],
      running: true,
      work: async (context) => (await import('./watch.ts')).fleetWatch(context),
    }),
    declared({
      name: 'history',
      refusesTier: fleetTiers,
      summary: 'how the last run that took a member ended, and what its own history records',
      arguments: [{ name: '<id>', description: 'the id of the member' }],
      examples: [
        { line: 'migrate fleet history acme', description: 'the newest first' },
        { line: 'migrate fleet history acme --json', description: 'for programs' },
      ],
      work: async (context, [id = '']) => (await import('./history.ts')).fleetHistory(context, id),
    }),
    declared<{ out?: string }>({
      name: 'report',
      refusesTier: fleetTiers,
      summary: 'one page of HTML: a heat map of the fleet by revision, stages, groups, failures, runs',
      options: [
        { flags: '--out <file>', description: 'write it there; an earlier report is replaced', default: 'printed' },
      ],
      examples: [
        { line: 'migrate fleet report --out fleet.html', description: 'to open in a browser' },
        { line: 'migrate fleet report --json', description: 'the page and its facts for programs' },
      ],
      work: async (context, _args, options) => (await import('./report-page.ts')).fleetReport(context, options),
    }),
    declared({
      name: 'create',
      refusesTier: fleetTiers,
      summary:
        'make the schema, the database or the file of a member that is listed, or that the pattern finds, and bring it to the head',
      arguments: [{ name: '<id>', description: 'the id of the member' }],
      examples: [
        { line: 'migrate fleet create acme', description: 'a new tenant' },
        { line: 'migrate fleet create acme --json', description: 'for programs' },
      ],
      running: true,
      work: async (context, [id = '']) => (await import('./commands.ts')).fleetCreate(context, id),
    }),
  ],
})
