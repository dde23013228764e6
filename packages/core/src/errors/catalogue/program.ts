import { code } from '../code.ts'

/** Errors of options, configuration and the command line. */
export const programErrors = {
  INVALID_OPTION: code<{ option: string; why: string }>('Correct the option.'),
  NO_DATABASE: code<{ from: string; variable?: string }>(
    'Name the database: --url, `url` in the configuration, or DATABASE_URL.',
  ),
  /** A command of development that destroys data was to run on a database that other people may need. */
  DATABASE_PROTECTED: code<{ database: string; command: string; host?: string }>(
    'Use a database on this machine; or, where its data may be lost, name it as `url` in the configuration, with `protected: false`.',
  ),
  INVALID_URL: code<{ why: string; supported: readonly string[] }>('Use one of the supported forms.'),
  CONFIG_NOT_FOUND: code<{ searched: readonly string[] }>('Run `migrate init`, or name a file with --config.'),
  CONFIG_INVALID: code<{ file: string; problems: readonly string[] }>('Correct the keys named above.'),
  CONFIG_FAILED: code<{ file: string; why: string; line?: number }>('Fix the configuration file.'),
  DIALECT_NOT_INSTALLED: code<{ dialect: string; package: string }>('Install the package.'),
  DRIVER_NOT_BUILT: code<{ driver: string; why: string }>(
    'Allow its install script and run `npm rebuild better-sqlite3` with a C++ compiler, or use Node 24, which brings SQLite along.',
  ),
  ENDED_EARLY: code<{ how: 'exit' | 'uncaught' | 'unresolved' }>(
    'Look in the configuration and the revisions for process.exit(), a promise that is never resolved or never awaited.',
  ),
  FILE_NOT_WRITTEN: code<{ file: string; why: string }>(
    'Make the folder writable for this user, with room on the disk, or name another place.',
  ),
  OUTPUT_FAILED: code<{ why: string }>(
    'Make room where the output goes; `migrate status` reports which revisions are applied.',
  ),
  USAGE: code<{ problem: string }>('Run the command with --help.'),
  INTERNAL: code<{ where: string }>('This is a defect of the migrator: please report it with the stack.'),
}
