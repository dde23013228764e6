import { declared } from '../../command-line/declaration.ts'
import { everyTier } from '../../command-line/tier-refusals.ts'
import type { ResumeSettings } from '../resume.ts'
import type { StampSettings } from '../stamp.ts'
import { sqlOptions } from './sql-options.ts'

export const repair = [
  declared({
    name: 'config',
    summary: 'every setting that holds, and where it came from; passwords and keys are hidden',
    examples: [
      { line: 'migrate config', description: 'flag, file, environment variable or default, a line each' },
      { line: 'migrate config --json', description: 'for programs' },
    ],
    work: async (context) => (await import('../config.ts')).config(context),
  }),
  declared({
    name: 'doctor',
    summary: 'what could go wrong on this database; writes nothing, exits with 3 where there is a problem',
    refusesTier: everyTier,
    examples: [
      { line: 'migrate doctor', description: 'rights, versions, indexes, what is left over, who holds the lock' },
      { line: 'migrate doctor --json', description: 'for programs' },
    ],
    work: async (context) => (await import('../doctor.ts')).doctor(context),
  }),
  declared<ResumeSettings>({
    name: 'resume',
    summary: 'resume an interrupted revision; optionally state whether one of its parts has run',
    options: [
      { flags: '--assume-applied <part>', description: 'the statement of this part has run', default: 'not stated' },
      {
        flags: '--assume-not-applied <part>',
        description: 'the statement of this part has not run',
        default: 'not stated',
      },
      { flags: '--revert', description: 'take back what is done of it, by the inverses in the journal' },
    ],
    refusesTier: everyTier,
    examples: [
      { line: 'migrate resume', description: 'resume, as far as the tables show what has run' },
      { line: 'migrate resume --assume-applied 3', description: 'part 3 has run: resume after it' },
      { line: 'migrate resume --revert', description: 'back to where the database was before it began' },
    ],
    running: true,
    work: async (context, _args, options) => (await import('../resume.ts')).resume(context, options),
  }),
  declared<StampSettings>({
    name: 'stamp',
    summary: 'record a revision as applied without running anything',
    arguments: [
      {
        name: '<targets...>',
        description: 'a revision, head, base; several for several branches; from:to only if the database is at from',
      },
    ],
    options: [
      { flags: '--purge', description: 'forget what is recorded first, also what cannot be read' },
      { flags: '--accept-edit', description: 'take the edited files up to the target as they are now' },
      ...sqlOptions,
    ],
    examples: [
      { line: 'migrate stamp head', description: 'the tables are there already' },
      { line: 'migrate stamp a1:b1', description: 'b1, only if the database is at a1' },
      { line: 'migrate stamp a1:b1 --sql', description: 'as a script, for a database that is at a1' },
      { line: 'migrate stamp head --purge', description: 'the recorded revisions are no longer known' },
    ],
    running: true,
    work: async (context, targets, options) => (await import('../stamp.ts')).stamp(context, targets, options),
  }),
  declared({
    name: 'preserved',
    summary: 'the values preserved by downgrades and data steps',
    examples: [
      { line: 'migrate preserved', description: 'what there is, by revision' },
      { line: 'migrate preserved purge b1', description: 'what revision b1 preserved is not needed any more' },
    ],
    subcommands: [
      declared({
        name: 'list',
        summary: 'what is preserved, by revision, table and column',
        examples: [
          { line: 'migrate preserved list', description: 'what there is' },
          { line: 'migrate preserved list --json', description: 'for programs' },
        ],
        work: async (context) => (await import('../preserved.ts')).preservedList(context),
      }),
      declared<{ table?: string; column?: string }>({
        name: 'restore',
        summary: 'write what no upgrade restored over the present values',
        arguments: [
          { name: '<revision>', description: 'a revision, as `migrate preserved` lists it, or another target' },
        ],
        options: [
          { flags: '--table <name>', description: 'only of this table', default: 'all of them' },
          { flags: '--column <name>', description: 'only of this column', default: 'all of them' },
        ],
        examples: [
          { line: 'migrate preserved restore b1', description: 'everything that newer data has superseded' },
          { line: 'migrate preserved restore b1 --table accounts --column locale', description: 'only one column' },
        ],
        work: async (context, [revision = ''], options) =>
          (await import('../preserved.ts')).preservedRestore(context, revision, options),
      }),
      declared({
        name: 'purge',
        summary: 'delete what a revision preserved',
        arguments: [
          { name: '<revision>', description: 'a revision, as `migrate preserved` lists it, or another target' },
        ],
        examples: [
          { line: 'migrate preserved purge b1', description: 'what revision b1 preserved' },
          { line: 'migrate preserved purge b1 --json', description: 'for programs' },
        ],
        work: async (context, [revision = '']) => (await import('../preserved.ts')).preservedPurge(context, revision),
      }),
    ],
  }),
  declared({
    name: 'lock',
    summary: 'who migrates this database',
    examples: [
      { line: 'migrate lock', description: 'who holds it' },
      { line: 'migrate lock release', description: 'take it away from a run that is dead' },
    ],
    subcommands: [
      declared<{ exitCode?: true }>({
        name: 'status',
        summary: 'who holds the lock, since when, at which revision',
        refusesTier: everyTier,
        options: [{ flags: '--exit-code', description: 'exit with 4 while the lock is held' }],
        examples: [
          { line: 'migrate lock status', description: 'who holds it' },
          { line: 'migrate lock status --exit-code', description: 'for a script that waits' },
        ],
        work: async (context, _args, options) => (await import('../lock.ts')).lockStatus(context, options),
      }),
      declared({
        name: 'release',
        summary: 'take the lock away from a run that is known to be dead; what it still wants to write is refused',
        refusesTier: everyTier,
        examples: [
          { line: 'migrate lock release', description: 'whichever run holds it' },
          { line: 'migrate lock release --json', description: 'for programs' },
        ],
        work: async (context) => (await import('../lock.ts')).lockRelease(context),
      }),
    ],
  }),
]
