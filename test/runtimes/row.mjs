/**
 * One line of the matrix.
 * @typedef {object} Row
 * @property {string} name
 * @property {() => string} version installs what it needs
 * @property {() => string | undefined} [unavailable] why this machine cannot run it
 * @property {boolean} [inBrowser] it must not send our User-Agent
 * @property {boolean} [sendsNothing] no request of it reaches the emulator
 * @property {import('runapi-video/testing').EmulatorOptions} [emulator] options of its emulator
 * @property {(context: RowContext) => Promise<string[]>} run what went wrong, nothing where all is well
 */

/**
 * @typedef {object} RowContext
 * @property {string} consumer the folder in which the packed library is installed
 * @property {string} baseUrl where this row's emulator listens
 * @property {import('runapi-video/testing').Emulator} emulator
 */

export {}
