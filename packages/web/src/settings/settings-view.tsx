/** Who I am to the server, its key, the look, and what this browser keeps. */
import { useState } from 'react';
import { app } from '../state/app-state.ts';
import { basePath, findHome } from '../state/base.ts';
import { readKept } from '../state/kept.ts';
import { forgetEverything, introduce } from '../state/session.ts';
import { useStore } from '../state/store.ts';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/dialogs/confirm.tsx';
import page from '../ui/page.module.css';
import { readTheme, setTheme, type Theme, themes } from '../ui/theme.ts';
import { introduceBy, NameField } from './introduction.tsx';

const themeNames: Record<Theme, string> = { system: 'As the system', light: 'Light', dark: 'Dark' };

export default function SettingsView() {
  const entityId = useStore(app, (state) => state.entityId);
  const version = useStore(app, (state) => state.version);
  const connection = useStore(app, (state) => state.connection);
  const [isForgetting, setForgetting] = useState(false);
  const hasKey = readKept('key') !== undefined;
  return (
    <div className={page.page}>
      <h1>Settings</h1>
      <form className={page.stack} onSubmit={introduceBy}>
        <NameField />
        <label className={page.field}>
          Key of the server
          <input name="key" type="password" defaultValue={readKept('key') ?? ''} autoComplete="off" />
          <span className={page.note}>Only if the server has one (ELIZAD_API_KEY). It stays in this browser.</span>
        </label>
        <div className={page.row}>
          <Button look="main" type="submit">
            Save and connect
          </Button>
          {hasKey && <Button onClick={() => introduce({ apiKey: '' })}>Sign out</Button>}
          <span role="status">{connection === 'online' ? 'Connected.' : ''}</span>
        </div>
        <ThemeChoice />
      </form>
      <dl className={page.facts}>
        <dt>Server</dt>
        <dd>
          {findHome()}, elizad {version}; <a href={`${basePath}/docs`}>its HTTP API</a>
        </dd>
        <dt>You</dt>
        <dd>
          <code>{entityId}</code>
        </dd>
      </dl>
      <div className={page.row}>
        <Button onClick={() => setForgetting(true)}>Forget everything in this browser…</Button>
      </div>
      {isForgetting && (
        <Confirm
          title="Forget everything in this browser?"
          deed="Forget it"
          onConfirm={forgetEverything}
          onClose={() => setForgetting(false)}
        >
          Who you are, the key, drafts, and what you have read go. What was said stays on the server; you come back as
          somebody else.
        </Confirm>
      )}
    </div>
  );
}

function ThemeChoice() {
  const [theme, chooseTheme] = useState(readTheme);
  return (
    <label className={page.field}>
      Theme
      <select
        value={theme}
        onChange={({ target }) => {
          const chosen = target.value as Theme;
          setTheme(chosen);
          chooseTheme(chosen);
        }}
      >
        {themes.map((name) => (
          <option key={name} value={name}>
            {themeNames[name]}
          </option>
        ))}
      </select>
    </label>
  );
}
