import type { Cases } from './case.ts'

export const sequenceCases: Cases<
  'createSequence' | 'alterSequence' | 'dropSequence' | 'createExtension' | 'dropExtension'
> = {
  createSequence: [
    { title: 'plain', change: (op) => op.createSequence('numbers') },
    {
      title: 'with all options',
      change: (op) =>
        op.createSequence('numbers', {
          start: '100',
          increment: '5',
          minValue: '10',
          maxValue: '9000',
          cache: 10,
          cycle: true,
        }),
    },
  ],
  alterSequence: [
    {
      title: 'its step and its end',
      given: (op) => op.createSequence('numbers', { increment: '2', maxValue: '500' }),
      change: (op) => op.alterSequence('numbers', { increment: '3', maxValue: '900' }),
    },
  ],
  dropSequence: [
    {
      title: 'plain',
      given: (op) => op.createSequence('numbers', { start: '7', increment: '2' }),
      change: (op) => op.dropSequence('numbers'),
    },
  ],
  createExtension: [{ title: 'plain', change: (op, { extension = 'any' }) => op.createExtension(extension) }],
  dropExtension: [
    {
      title: 'plain',
      given: (op, { extension = 'any' }) => op.createExtension(extension),
      change: (op, { extension = 'any' }) => op.dropExtension(extension),
    },
  ],
}
