//! Reads the compound commands of a POSIX script: groups, conditions, loops, functions and `[[ … ]]`.

use std::rc::Rc;

use super::Word;
use super::parse::Parser;
use super::tree::{Case, For, Function, If, List, Node, Simple, Token, While};
use super::word::is_name;

impl Parser<'_> {
    /// One command of a pipeline.
    pub(super) fn command(&mut self) -> Node {
        self.blanks();
        if self.is_deepest() {
            const OPENING: &[&str] = &["{", "if", "while", "until", "for", "select", "case", "function"];
            if self.cursor.peek() == Some(b'(') || OPENING.iter().any(|word| self.at_keyword(word)) {
                self.cut();
            }
            return self.simple();
        }
        match self.deeper(Self::compound) {
            Some(Some(node)) => node,
            _ => self.simple(),
        }
    }

    /// The compound command that begins here, if one does.
    fn compound(&mut self) -> Option<Node> {
        match self.cursor.peek()? {
            b'(' if self.cursor.looks_at("((") => return Some(self.calculation()),
            b'(' => return Some(self.subshell()),
            b'[' if self.at_keyword("[[") => return Some(self.double_brackets()),
            b'{' | b'i' | b'w' | b'u' | b'f' | b's' | b'c' => {}
            _ => return None,
        }
        let outer = self.enclosing;
        self.enclosing.compounds += 1;
        let node = self.keyword_command();
        self.enclosing = outer;
        node
    }

    fn keyword_command(&mut self) -> Option<Node> {
        if self.eat_keyword("{") {
            let list = self.list();
            self.eat_keyword("}");
            return Some(self.with_files(Node::Group(list)));
        }
        if self.eat_keyword("if") {
            let node = Node::If(self.condition());
            return Some(self.with_files(node));
        }
        if self.eat_keyword("while") {
            return Some(self.while_loop(false));
        }
        if self.eat_keyword("until") {
            return Some(self.while_loop(true));
        }
        if self.eat_keyword("for") || self.eat_keyword("select") {
            let node = Node::For(self.for_loop());
            return Some(self.with_files(node));
        }
        if self.eat_keyword("case") {
            let node = Node::Case(self.case());
            return Some(self.with_files(node));
        }
        if self.eat_keyword("function") {
            self.blanks();
            let name = self.word().map(|token| token.word.value).unwrap_or_default();
            self.blanks();
            if self.cursor.eat("(") {
                self.blanks();
                self.cursor.eat(")");
            }
            return Some(self.function_body(name));
        }
        None
    }

    /// Passes the redirections of a compound command; commands that run to name their files run before it.
    fn with_files(&mut self, node: Node) -> Node {
        let start = self.cursor.at();
        let redirects = self.redirections();
        if redirects.iter().all(|token| token.runs.is_empty()) {
            return node;
        }
        let span = self.place(start, self.cursor.at());
        let files = Node::Simple(Simple { redirects, span, ..Simple::default() });
        Node::Group(vec![statement(files), statement(node)])
    }

    fn subshell(&mut self) -> Node {
        self.cursor.eat("(");
        let list = self.inside_parentheses().unwrap_or_else(|| {
            self.skip_parentheses(1);
            List::new()
        });
        self.with_files(Node::Subshell(list))
    }

    /// `(( … ))`: a test of numbers, shown as the words `((`, what is calculated, and `))`.
    fn calculation(&mut self) -> Node {
        let start = self.cursor.at();
        self.cursor.eat("((");
        let inside = self.cursor.at();
        let mut runs = Vec::new();
        self.arithmetic(&mut runs);
        let text = self.cursor.since(inside);
        let text = text.strip_suffix("))").unwrap_or(text).trim();
        let span = self.place(start, self.cursor.at());
        let word = |value: &str| Word { value: value.to_owned(), ..Word::default() };
        let token = |word: Word| Token { word, span, ..Token::default() };
        let inner = Token { runs, ..token(Word { expands: text.contains('$'), ..word(text) }) };
        let words = vec![token(word("((")), inner, token(word("))"))];
        Node::Simple(Simple { words, span, ..Simple::default() })
    }

    /// `[[ … ]]`, in which operators of the shell mean something else.
    fn double_brackets(&mut self) -> Node {
        const OPERATORS: &[&str] = &["&&", "||", "<", ">", "(", ")", "|", "&"];
        let start = self.cursor.at();
        let mut simple = Simple::default();
        loop {
            self.blank_lines();
            let from = self.cursor.at();
            let process = self.cursor.looks_at("<(") || self.cursor.looks_at(">(");
            if !process && self.cursor.eat_any(OPERATORS) {
                let word = Word { value: self.cursor.since(from).to_owned(), ..Word::default() };
                simple.words.push(Token { word, span: self.place(from, self.cursor.at()), ..Token::default() });
                continue;
            }
            let Some(token) = self.word() else { break };
            let ends = token.word.value == "]]" && !token.quoted;
            simple.words.push(token);
            if ends {
                break;
            }
        }
        simple.span = self.place(start, self.cursor.at());
        simple.redirects = self.redirections();
        Node::Simple(simple)
    }

    fn condition(&mut self) -> If {
        let mut condition = If::default();
        loop {
            let test = self.list();
            self.eat_keyword("then");
            let body = self.list();
            condition.arms.push((test, body));
            if !self.eat_keyword("elif") {
                break;
            }
        }
        condition.otherwise = self.eat_keyword("else").then(|| self.list());
        self.eat_keyword("fi");
        condition
    }

    fn while_loop(&mut self, until: bool) -> Node {
        let condition = self.list();
        let body = self.loop_body();
        let redirects = self.redirections();
        Node::While(While { until, condition, body, redirects })
    }

    fn loop_body(&mut self) -> List {
        self.eat_keyword("do");
        let body = self.list();
        self.eat_keyword("done");
        body
    }

    fn for_loop(&mut self) -> For {
        self.blanks();
        if self.cursor.eat("((") {
            self.arithmetic(&mut Vec::new());
            self.before_body();
            return For { body: self.loop_body(), ..For::default() };
        }
        let variable = self.cursor.while_bytes(is_name).to_owned();
        self.blank_lines();
        let mut words = Vec::new();
        if self.eat_keyword("in") {
            loop {
                self.blanks();
                let Some(token) = self.word() else { break };
                words.push(token);
            }
        } else {
            let word = Word { value: "$@".to_owned(), expands: true, glob: false };
            words.push(Token { word, ..Token::default() });
        }
        self.before_body();
        For { variable, words: Some(words), body: self.loop_body() }
    }

    fn before_body(&mut self) {
        self.blank_lines();
        if self.cursor.eat(";") {
            self.blank_lines();
        }
    }

    fn case(&mut self) -> Case {
        let mut case = Case::default();
        self.blanks();
        case.subject.extend(self.word());
        self.blank_lines();
        self.eat_keyword("in");
        loop {
            self.blank_lines();
            if self.cursor.is_done() || self.eat_keyword("esac") {
                return case;
            }
            let before = self.cursor.at();
            self.patterns();
            self.enclosing.cases += 1;
            case.bodies.push(self.list());
            self.enclosing.cases -= 1;
            self.cursor.eat_any(&[";;&", ";;", ";&"]);
            if self.cursor.at() == before {
                return case;
            }
        }
    }

    fn patterns(&mut self) {
        self.cursor.eat("(");
        loop {
            self.blanks();
            let read = self.word().is_some();
            self.blanks();
            if !self.cursor.eat("|") && !read {
                break;
            }
            if self.cursor.looks_at(")") {
                break;
            }
        }
        self.cursor.eat(")");
    }

    /// The rest of a function's definition, after its name.
    pub(super) fn function_body(&mut self, name: String) -> Node {
        self.blank_lines();
        let body = self.deeper(Self::command).unwrap_or_else(|| Node::Group(List::new()));
        Node::Function(Rc::new(Function { name, body }))
    }
}

/// A statement of one command.
fn statement(node: Node) -> super::tree::Statement {
    let first = super::tree::Pipeline { negated: false, stages: vec![node] };
    super::tree::Statement { first, ..Default::default() }
}

/// The last simple command among some, whose output goes on to whatever reads it.
pub(super) fn last_words(node: &Node) -> &[Token] {
    match node {
        Node::Simple(simple) => &simple.words,
        Node::Group(list) | Node::Subshell(list) => last_words_of(list),
        _ => &[],
    }
}

/// The words of the last simple command of a list.
pub(super) fn last_words_of(list: &List) -> &[Token] {
    let pipeline = list.last().map(|statement| statement.rest.last().map_or(&statement.first, |(_, last)| last));
    pipeline.and_then(|pipeline| pipeline.stages.last()).map_or(&[], last_words)
}
