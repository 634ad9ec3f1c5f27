/** `elizad` as a library: start a server inside a program of your own. */
export { type App, startApp } from './app.ts';
export { readSettings, SettingError, type Settings } from './config.ts';
