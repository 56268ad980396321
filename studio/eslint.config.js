import a11y from 'eslint-plugin-jsx-a11y';
import hooks from 'eslint-plugin-react-hooks';
import ts from 'typescript-eslint';

const features = ['auth', 'agents', 'trial', 'conversations', 'live', 'settings', 'palette'];

export default ts.config(
  { ignores: ['dist'] },
  ...ts.configs.recommended,
  hooks.configs.flat.recommended,
  a11y.flatConfigs.recommended,
  {
    rules: {
      // A region that scrolls has to be reachable by keyboard.
      'jsx-a11y/no-noninteractive-tabindex': 'off',
      'jsx-a11y/label-has-associated-control': ['error', { depth: 4 }],
      'max-lines': ['error', 250],
    },
  },
  {
    files: ['src/features/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: features.map((name) => ({
            group: [`../${name}/*`],
            message: 'A feature imports no other.',
          })),
        },
      ],
    },
  },
);
