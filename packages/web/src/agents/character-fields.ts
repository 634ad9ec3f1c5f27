/** The form of a character: each field of its schema, what it is called and what it does. A test holds it to the schema. */

export type Kind = 'text' | 'long' | 'lines' | 'knowledge' | 'examples' | 'pairs' | 'secrets' | 'settings';

export type Field = { path: string; label: string; about: string; kind: Kind };

export type Group = { title: string; fields: readonly Field[] };

export const groups: readonly Group[] = [
  {
    title: 'Who it is',
    fields: [
      { path: 'name', label: 'Name', about: 'As rooms see it.', kind: 'text' },
      {
        path: 'username',
        label: 'User name',
        about: 'For platforms that require a name without spaces.',
        kind: 'text',
      },
      { path: 'system', label: 'System prompt', about: 'The instructions that the model gets first.', kind: 'long' },
      { path: 'bio', label: 'Bio', about: 'Who it is, a sentence each.', kind: 'lines' },
      { path: 'lore', label: 'Lore', about: 'What happened to it.', kind: 'lines' },
      { path: 'topics', label: 'Topics', about: 'What it likes to talk about.', kind: 'lines' },
      { path: 'adjectives', label: 'Adjectives', about: 'What it is like.', kind: 'lines' },
      {
        path: 'knowledge',
        label: 'Knowledge',
        about: 'What it knows, a fact each; {"path": "…"} where a file says it.',
        kind: 'knowledge',
      },
    ],
  },
  {
    title: 'How it speaks',
    fields: [
      { path: 'style.all', label: 'Style', about: 'Always.', kind: 'lines' },
      { path: 'style.chat', label: 'Style in a chat', about: 'In rooms.', kind: 'lines' },
      { path: 'style.post', label: 'Style of posts', about: 'Where it posts.', kind: 'lines' },
      { path: 'messageExamples', label: 'Examples', about: 'Conversations as they should go.', kind: 'examples' },
      { path: 'postExamples', label: 'Examples of posts', about: 'One each.', kind: 'lines' },
    ],
  },
  {
    title: 'What it uses',
    fields: [
      {
        path: 'settings',
        label: 'Settings',
        about: 'For example model, temperature, maxTokens, respond; as JSON.',
        kind: 'settings',
      },
      {
        path: 'secrets',
        label: 'Secrets',
        about: 'Its own keys. Stored values are never shown, and unsaved values are not kept.',
        kind: 'secrets',
      },
      { path: 'plugins', label: 'Plugins', about: 'Names of the plugins it uses.', kind: 'lines' },
      { path: 'templates', label: 'Templates', about: 'Its own prompts, by name.', kind: 'pairs' },
    ],
  },
];

/** What the form does not change: an agent keeps its id. */
export const fixedFields: readonly string[] = ['id'];
