/*
 * console/vga.c - the 80x25 colour text screen. Layer: console. Source: IBM
 * VGA; the CRT controller's registers 0x0e and 0x0f hold the cursor's cell.
 */
#include "console/vga.h"

#include "cpu/port.h"

#define COLUMNS 80U
#define ROWS    25U
#define CELLS   (COLUMNS * ROWS)
#define BLANK   0x0720 /* a blank in grey on black */

#define CRTC_INDEX       0x3d4
#define CRTC_DATA        0x3d5
#define CRTC_CURSOR_HIGH 0x0e
#define CRTC_CURSOR_LOW  0x0f

static volatile uint16_t *screen; /* NULL: not ours */
static unsigned int cursor;       /* the cell of the next character */

static void show_cursor(void)
{
    out8(CRTC_INDEX, CRTC_CURSOR_HIGH);
    out8(CRTC_DATA, (uint8_t)(cursor >> 8));
    out8(CRTC_INDEX, CRTC_CURSOR_LOW);
    out8(CRTC_DATA, (uint8_t)cursor);
}

void __init vga_init(void *text_memory)
{
    screen = text_memory;
    for (unsigned int i = 0; i < CELLS; i++)
        screen[i] = BLANK;
    cursor = 0;
    show_cursor();
}

void vga_release(void)
{
    screen = NULL;
}

static void scroll(void)
{
    unsigned int i;

    for (i = 0; i < CELLS - COLUMNS; i++)
        screen[i] = screen[i + COLUMNS];
    for (; i < CELLS; i++)
        screen[i] = BLANK;
    cursor -= COLUMNS;
}

static void put_char(char c)
{
    unsigned int column = cursor % COLUMNS;

    switch (c) {
    case '\r':
        cursor -= column;
        break;
    case '\b':
        cursor -= column ? 1 : 0;
        break;
    case '\n':
        cursor += COLUMNS - column;
        break;
    default:
        screen[cursor++] = (uint16_t)((BLANK & 0xff00) | (uint8_t)c);
        break;
    }
    if (cursor >= CELLS)
        scroll();
}

void vga_write(const char *text, size_t n)
{
    if (!screen)
        return;
    for (size_t i = 0; i < n; i++)
        put_char(text[i]);
    show_cursor();
}
