const large = `export const a = '${'x'.repeat(1_000_000)}'`

/** Trees that load too much at a start, and one that loads it when it is needed. */
export const plantedStarts = {
  breaks: [
    { 'apps/cli/src/main.ts': "import './a.ts'", 'apps/cli/src/a.ts': large },
    {
      'apps/cli/src/main.ts': "import { a } from '@org/migrate-core/dialect'",
      'packages/core/src/dialect.ts': "export { a } from './a.ts'",
      'packages/core/src/a.ts': large,
    },
    {
      'packages/dialect-mysql/src/index.ts': "import { b } from '@org/migrate-core/dialect'",
      'packages/core/src/dialect.ts': "export { a } from './a.ts'",
      'packages/core/src/a.ts': large,
    },
  ],
  complies: {
    'apps/cli/src/main.ts': "import { b } from '@org/migrate-core/dialect'\nvoid import('./a.ts')",
    'apps/cli/src/a.ts': large,
    'packages/core/src/dialect.ts': "export { a } from './a.ts'\nexport { b } from './b.ts'",
    'packages/core/src/a.ts': large,
  },
}
