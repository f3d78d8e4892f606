/* cat.c - prints the files that its arguments name. */
/* hosted: yes */
/* args: cat cat.txt */
/* files: cat.txt */
/* expect: words from a file */
#include <stdio.h>

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        FILE *f = fopen(argv[i], "r");
        int c;

        if (!f) {
            perror(argv[i]);
            return 1;
        }
        while ((c = getc(f)) != EOF)
            putchar(c);
        fclose(f);
    }
    return 0;
}
