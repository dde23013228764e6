import type { Build, Cases } from './case.ts'

const allOptions = { start: '100', increment: '5', minValue: '10', maxValue: '9000', cache: 10, cycle: true }

const createExtension: Build = (op, { extension = 'any' }) => op.createExtension(extension)

export const sequenceCases: Cases<
  'createSequence' | 'alterSequence' | 'dropSequence' | 'createExtension' | 'dropExtension'
> = {
  createSequence: [
    { title: 'plain', change: (op) => op.createSequence('numbers') },
    { title: 'with all options', change: (op) => op.createSequence('numbers', allOptions) },
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
  createExtension: [{ title: 'plain', change: createExtension }],
  dropExtension: [
    {
      title: 'plain',
      given: createExtension,
      change: (op, { extension = 'any' }) => op.dropExtension(extension),
    },
  ],
}
